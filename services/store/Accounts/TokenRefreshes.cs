using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Accounts;

/// <summary>Takes refreshed tokens. One whose account has another token by now, or none, is old news.</summary>
internal sealed class TokenRefreshes(AccountWriter writer) : IMessageHandler<StoreDbContext, TokenRefreshed>
{
    public async Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<TokenRefreshed>> items)
    {
        var ids = items.Select(item => item.Body.AccountId).Distinct().ToList();
        var accounts = await scope.Db.Accounts.Where(account => ids.Contains(account.Id)).ToDictionaryAsync(account => account.Id);
        foreach (var refreshed in items.Select(item => item.Body))
            if (accounts.TryGetValue(refreshed.AccountId, out var account) && account.ProtectedAccessToken == refreshed.EarlierToken)
                writer.Renew(scope, account, refreshed);
    }
}
