using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
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
        var changed = new HashSet<AccountId>();
        foreach (var change in items.Select(item => item.Body))
        {
            if (await ApplyAsync(scope, change)) changed.Add(change.AccountId);
        }

        if (changed.Count > 0) await intake.ReleaseAsync(scope, await EventIntake.StandingOfAsync(scope.Db, [.. changed]));
    }

    /// <summary>Takes over one change.</summary>
    /// <returns>False when it is not newer than what is known.</returns>
    private async Task<bool> ApplyAsync(WorkScope<CrmForwarderDbContext> scope, AccountChanged change)
    {
        var account = scope.Db.Accounts.AsNoTracking().Where(row => row.AccountId == change.AccountId);
        if (!await TakeVersionAsync(scope.Db, account, change)) return false;

        var endpointId = WebhookEndpoint.IdOf(change.AccountId);
        var wasUnlinked = await account.Select(row => row.Unlinked).SingleAsync();
        if (wasUnlinked && !change.Unlinked) await PartAsync(scope.Db, change.AccountId, endpointId);
        if (wasUnlinked != change.Unlinked) await account.ExecuteUpdateAsync(set => set.SetProperty(row => row.Unlinked, change.Unlinked));

        await FollowAsync(scope, change, endpointId);
        return true;
    }

    /// <summary>Keeps the endpoint of the account's own address.</summary>
    private async Task FollowAsync(WorkScope<CrmForwarderDbContext> scope, AccountChanged change, string endpointId)
    {
        var endpoint = await scope.Db.Endpoints.ForUpdate().SingleOrDefaultAsync(row => row.Id == endpointId);
        if (endpoint is null && change.CrmWebhookUrl is null) return;
        var now = clock.GetUtcNow();
        endpoint ??= scope.Db.Add(new WebhookEndpoint { Id = endpointId, AccountId = change.AccountId, CreatedAt = now }).Entity;
        endpoint.Follow(change.CrmWebhookUrl, change.ProtectedWebhookSecret, now);
        // Written at once, because what waits is released by what the database says.
        await scope.Db.SaveChangesAsync();
        await BulkInsert.EntitiesAsync(
            scope.Db, [new EndpointAccount { AccountId = change.AccountId, EndpointId = endpointId }], ifAbsent: true);
        scope.AfterCommit(() => mailbox.EndpointChanged(endpointId));
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
    /// Parts the account from what it had before it was unlinked: whoever links it anew may be somebody else, and neither what was left
    /// from before nor what comes from now on must go to the wrong CRM. Endpoints of all accounts are the operator's and go on.
    /// </summary>
    private static async Task PartAsync(CrmForwarderDbContext db, AccountId account, string own)
    {
        var before = db.EndpointAccounts.Where(row => row.AccountId == account);
        var endpoints = await before.Select(row => row.EndpointId).ToListAsync();
        if (!endpoints.Contains(own)) endpoints.Add(own);
        await db.Deliveries
            .Where(row => endpoints.Contains(row.EndpointId) && row.AccountId == account
                && (row.State == DeliveryState.Pending || row.State == DeliveryState.Replaying))
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.State, DeliveryState.Dead).SetProperty(row => row.LastError, "account_unlinked"));
        await before.Where(row => row.EndpointId != own).ExecuteDeleteAsync();
    }
}
