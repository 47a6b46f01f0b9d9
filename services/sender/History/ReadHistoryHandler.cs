using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.History;

/// <summary>Wakes the reading of histories.</summary>
internal sealed class HistorySignal : WakeSignal;

/// <summary>Takes runs in. One that is older than what is known, or comes again, changes nothing.</summary>
internal sealed class ReadHistoryHandler(HistorySignal signal, TimeProvider clock) : IMessageHandler<SenderDbContext, ReadHistory>
{
    public async Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<ReadHistory>> items)
    {
        var accounts = items.Select(item => item.Body.AccountId).Distinct().ToList();
        var rows = await scope.Db.Set<HistoryRun>().ForUpdate().Where(row => accounts.Contains(row.AccountId))
            .ToDictionaryAsync(row => (row.AccountId, row.Purpose));
        foreach (var item in items)
        {
            var key = (item.Body.AccountId, item.Body.Purpose);
            if (!rows.TryGetValue(key, out var row))
            {
                rows[key] = row = new HistoryRun { AccountId = item.Body.AccountId, Purpose = item.Body.Purpose };
                scope.Db.Add(row);
            }

            if (item.Body.Run > row.Run) row.Begin(item, clock.GetUtcNow());
        }

        scope.AfterCommit(signal.Wake);
    }
}
