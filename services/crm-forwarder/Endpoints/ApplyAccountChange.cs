using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Endpoints;

/// <summary>Keeps an account's endpoint as its newest version says, and releases the events that waited for it.</summary>
internal sealed class ApplyAccountChange(EventIntake intake, DeliveryMailbox mailbox, TimeProvider clock)
    : IMessageHandler<CrmForwarderDbContext, AccountChanged>
{
    public async Task HandleAsync(WorkScope<CrmForwarderDbContext> scope, IReadOnlyList<BusItem<AccountChanged>> items)
    {
        var standing = new Dictionary<Contracts.Ids.AccountId, AccountStanding>();
        foreach (var change in items.Select(item => item.Body))
        {
            if (await ApplyAsync(scope, change) is { } applied) standing[change.AccountId] = applied;
        }

        if (standing.Count > 0) await intake.ReleaseAsync(scope, standing);
    }

    /// <summary>Takes over one change; null when it is not newer than what is known.</summary>
    private async Task<AccountStanding?> ApplyAsync(WorkScope<CrmForwarderDbContext> scope, AccountChanged change)
    {
        var account = scope.Db.Accounts.AsNoTracking().Where(row => row.AccountId == change.AccountId);
        if (!await TakeVersionAsync(scope.Db, account, change)) return null;

        var endpointId = WebhookEndpoint.IdOf(change.AccountId);
        var wasUnlinked = await account.Select(row => row.Unlinked).SingleAsync();
        if (wasUnlinked && !change.Unlinked) await BuryAsync(scope.Db, endpointId);
        if (wasUnlinked != change.Unlinked) await account.ExecuteUpdateAsync(set => set.SetProperty(row => row.Unlinked, change.Unlinked));

        var endpoint = await scope.Db.FindAsync<WebhookEndpoint>(endpointId);
        if (endpoint is null && change.CrmWebhookUrl is null) return new AccountStanding(change.Version, null);
        var now = clock.GetUtcNow();
        endpoint ??= scope.Db.Add(new WebhookEndpoint { Id = endpointId, AccountId = change.AccountId, CreatedAt = now }).Entity;
        endpoint.Set(change.CrmWebhookUrl, change.ProtectedWebhookSecret, now);
        scope.AfterCommit(() => mailbox.EndpointChanged(endpointId));
        return new AccountStanding(change.Version, endpoint.TakesEvents ? endpointId : null);
    }

    /// <summary>
    /// Sets the version if it is newer, in one statement: of two processes with a change each the older one then finds the newer, or waits
    /// for it. A version that was read before it is written would let both write, and the older one last.
    /// </summary>
    private static async Task<bool> TakeVersionAsync(CrmForwarderDbContext db, IQueryable<LinkedAccount> account, AccountChanged change)
    {
        if (!await account.AnyAsync())
            await BulkInsert.EntitiesAsync(db, [new LinkedAccount { AccountId = change.AccountId }], ifAbsent: true);
        return await account.Where(row => row.Version < change.Version)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Version, change.Version)) == 1;
    }

    /// <summary>
    /// Buries the deliveries that are left: whoever links the account anew may be somebody else, and what was left from before must not go
    /// to their CRM.
    /// </summary>
    private static Task<int> BuryAsync(CrmForwarderDbContext db, string endpointId) => db.Deliveries
        .Where(row => row.EndpointId == endpointId && row.State == DeliveryState.Pending)
        .ExecuteUpdateAsync(
            set => set.SetProperty(row => row.State, DeliveryState.Dead).SetProperty(row => row.LastError, "account_unlinked"));
}
