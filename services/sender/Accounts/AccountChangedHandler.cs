using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Sending;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Accounts;

/// <summary>
/// Keeps what the sender needs of each account. A new token sets free the sends that waited for one, and the account is looked at.
/// </summary>
internal sealed class AccountChangedHandler(SendSignal signal, CheckupSignal checkups, TimeProvider clock)
    : IMessageHandler<SenderDbContext, AccountChanged>
{
    public async Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<AccountChanged>> items)
    {
        // Locked: a refusal of the old token that is written meanwhile would be left standing beside the new one.
        var ids = items.Select(item => item.Body.AccountId).Distinct().ToList();
        await scope.Db.Accounts.ForUpdate().Where(row => ids.Contains(row.AccountId)).LoadAsync();
        await scope.Db.Set<Checkup>().ForUpdate().Where(row => ids.Contains(row.AccountId)).LoadAsync();
        foreach (var change in items.Select(item => item.Body))
        {
            var account = await scope.Db.Accounts.FindAsync(change.AccountId);
            if (account?.Version >= change.Version) continue;
            var checkup = await scope.Db.Set<Checkup>().FindAsync(change.AccountId);
            if (checkup is null) scope.Db.Add(checkup = Checkup.Of(change.AccountId));
            checkup.Follow(change, account?.ProtectedToken, Random.Shared.NextDouble(), clock.GetUtcNow());
            if (account is null) scope.Db.Add(SendingAccount.Of(change));
            else account.Take(change);
        }

        scope.AfterCommit(signal.Wake);
        scope.AfterCommit(checkups.Wake);
    }
}
