using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>Makes deliveries of events: the same for an event that just came and for one that waited.</summary>
internal sealed class EventIntake(DeliveryMailbox mailbox, TimeProvider clock)
{
    /// <summary>Adds a delivery of each event whose endpoint has none yet, and wakes the worker after the commit.</summary>
    public async Task AddAsync(WorkScope<CrmForwarderDbContext> scope, IReadOnlyList<(WaitingEvent Event, string EndpointId)> events)
    {
        if (events.Count == 0) return;
        var ids = events.Select(e => e.Event.EventId).ToList();
        var known = await scope.Db.Deliveries.Where(row => ids.Contains(row.EventId)).Select(row => new { row.EventId, row.EndpointId }).ToListAsync();
        var seen = known.Select(row => (row.EventId, row.EndpointId)).ToHashSet();

        var added = events.Where(e => seen.Add((e.Event.EventId, e.EndpointId))).ToList();
        if (added.Count == 0) return;
        await Delivery.InsertAsync(scope.Db, added, clock.GetUtcNow());
        var endpoints = added.Select(e => e.EndpointId).Distinct().ToList();
        scope.AfterCommit(() => mailbox.NewDeliveries(endpoints));
    }

    /// <summary>Turns events that waited for these accounts into deliveries, in the order of the event log.</summary>
    public async Task ReleaseAsync(WorkScope<CrmForwarderDbContext> scope, IReadOnlyDictionary<AccountId, AccountStanding> accounts)
    {
        var ids = accounts.Keys.ToList();
        var waiting = await scope.Db.WaitingEvents.Where(row => ids.Contains(row.AccountId)).OrderBy(row => row.Sequence).ToListAsync();
        var released = waiting.Where(row => accounts[row.AccountId].Version >= row.AccountVersion).ToList();
        scope.Db.RemoveRange(released);
        await AddAsync(scope, [.. released.Where(row => accounts[row.AccountId].EndpointId is not null).Select(row => (row, accounts[row.AccountId].EndpointId!))]);
    }

    /// <summary>What is known of accounts.</summary>
    public static async Task<Dictionary<AccountId, AccountStanding>> StandingOfAsync(CrmForwarderDbContext db, List<AccountId> accounts)
    {
        var rows = await db.Accounts
            .Where(account => accounts.Contains(account.AccountId))
            .GroupJoin(db.Endpoints.Where(endpoint => endpoint.State != EndpointState.Removed), account => account.AccountId, endpoint => endpoint.AccountId, (account, endpoints) => new { account, endpoints })
            .SelectMany(pair => pair.endpoints.DefaultIfEmpty(), (pair, endpoint) => new { pair.account.AccountId, pair.account.Version, EndpointId = endpoint == null ? null : endpoint.Id })
            .ToListAsync();
        return rows.ToDictionary(row => row.AccountId, row => new AccountStanding(row.Version, row.EndpointId));
    }
}

/// <summary>What the intake needs to know of an account.</summary>
/// <param name="Version">The newest version that came.</param>
/// <param name="EndpointId">Where its events go; null for nowhere.</param>
internal sealed record AccountStanding(long Version, string? EndpointId);
