using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Sending;

namespace InstaMessenger.Sender.Accounts;

/// <summary>Keeps what the sender needs of each account. A new token sets free the sends that waited for one.</summary>
internal sealed class AccountChangedHandler(SendSignal signal) : IMessageHandler<SenderDbContext, AccountChanged>
{
    public async Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<AccountChanged>> items)
    {
        foreach (var change in items.Select(item => item.Body))
        {
            if (await scope.Db.Accounts.FindAsync(change.AccountId) is { } account) account.Take(change);
            else scope.Db.Add(SendingAccount.Of(change));
        }

        scope.AfterCommit(signal.Wake);
    }
}
