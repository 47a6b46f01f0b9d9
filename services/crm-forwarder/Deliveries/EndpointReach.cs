using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Security;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Tells who sees an endpoint: whoever sees every account whose events it takes. An endpoint that takes none any more is seen by its owner,
/// and one of all accounts by whoever sees all accounts.
/// </summary>
internal static class EndpointReach
{
    public static IQueryable<WebhookEndpoint> SeenBy(this IQueryable<WebhookEndpoint> endpoints, CrmForwarderDbContext db, Caller caller)
    {
        if (caller.Accounts.IsAll) return endpoints;
        var (seen, user) = (caller.Accounts.Listed.ToList(), caller.UserId);
        return endpoints.Where(row => !row.AllAccounts
            && !db.EndpointAccounts.Any(account => account.EndpointId == row.Id && !seen.Contains(account.AccountId))
            && (row.OwnerId == user || db.EndpointAccounts.Any(account => account.EndpointId == row.Id)));
    }

    /// <summary>Leaves out deliveries of accounts that the caller does not see; an endpoint may have had others before.</summary>
    public static IQueryable<Delivery> SeenBy(this IQueryable<Delivery> deliveries, Caller caller)
    {
        if (caller.Accounts.IsAll) return deliveries;
        var seen = caller.Accounts.Listed.ToList();
        return deliveries.Where(row => seen.Contains(row.AccountId));
    }

    /// <summary>
    /// Leaves out deliveries of accounts whose events the endpoint does not take any more: nobody posts them there again.
    /// </summary>
    public static IQueryable<Delivery> StillTaken(this IQueryable<Delivery> deliveries, CrmForwarderDbContext db) => deliveries.Where(
        row => db.EndpointAccounts.Any(taken => taken.EndpointId == row.EndpointId && taken.AccountId == row.AccountId)
            || db.Endpoints.Any(endpoint => endpoint.Id == row.EndpointId && endpoint.AllAccounts));

    /// <summary>The same, of the endpoints that the caller sees.</summary>
    public static IQueryable<Delivery> SeenBy(this IQueryable<Delivery> deliveries, CrmForwarderDbContext db, Caller caller)
    {
        if (caller.Accounts.IsAll) return deliveries;
        var endpoints = db.Endpoints.SeenBy(db, caller).Select(row => row.Id);
        return deliveries.SeenBy(caller).Where(row => endpoints.Contains(row.EndpointId));
    }
}
