using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Checkups;

/// <summary>Takes what the store sees of accounts. Of an account that is not known yet it comes again.</summary>
internal sealed class AccountActiveHandler(TimeProvider clock) : IMessageHandler<SenderDbContext, AccountActive>
{
    public async Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<AccountActive>> items)
    {
        var ids = items.Select(item => item.Body.AccountId).Distinct().ToList();
        var rows = await scope.Db.Set<Checkup>().ForUpdate()
            .Where(row => ids.Contains(row.AccountId)).ToDictionaryAsync(row => row.AccountId);
        foreach (var item in items)
            if (rows.TryGetValue(item.Body.AccountId, out var row)) row.Take(item.Body, clock.GetUtcNow());
    }
}
