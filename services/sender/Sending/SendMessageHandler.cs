using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Sending;

/// <summary>Takes sends into the ledger. A command that comes again finds its row, and nothing happens.</summary>
internal sealed class SendMessageHandler(SendSignal signal, TimeProvider clock) : IMessageHandler<SenderDbContext, SendMessage>
{
    public async Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<SendMessage>> items)
    {
        var ids = items.Select(item => item.Body.MessageId).ToList();
        var known = await scope.Db.Ledger.Where(row => ids.Contains(row.MessageId)).Select(row => row.MessageId).ToHashSetAsync();
        var replaced = items.Select(item => item.Body.InsteadOf).OfType<MessageId>().ToList();
        var earlier = replaced.Count == 0
            ? []
            : await scope.Db.Ledger.Where(row => replaced.Contains(row.MessageId)).ToDictionaryAsync(row => row.MessageId);
        var now = clock.GetUtcNow();
        foreach (var item in items.Where(item => known.Add(item.Body.MessageId)))
        {
            var row = LedgerEntry.Of(item, now);
            scope.Db.Add(row);
            if (item.Body.InsteadOf is { } id && earlier.TryGetValue(id, out var first))
                Replacement.Decide(scope, first, row, now, item.TraceParent);
        }

        scope.AfterCommit(signal.Wake);
    }
}
