using System.Text.Json;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Accounts;

/// <summary>Puts what changed in an account's health into the event log, for everybody who listens.</summary>
internal sealed class HealthChanges(EventLog log) : IMessageHandler<StoreDbContext, AccountHealthChanged>
{
    public async Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<AccountHealthChanged>> items)
    {
        var ids = items.Select(item => item.Body.AccountId).Distinct().ToList();
        var accounts = await scope.Db.Accounts.Where(account => ids.Contains(account.Id) && account.UnlinkedAt == null)
            .ToDictionaryAsync(account => account.Id);
        foreach (var item in items)
        {
            if (!accounts.TryGetValue(item.Body.AccountId, out var account)) continue;
            var data = new AccountHealthData(AccountEventData.Of(account).Account, JsonElement.Parse(item.Body.Health));
            log.Append(scope, account, null, EventTypes.AccountHealth, data, item.TraceParent);
        }
    }
}
