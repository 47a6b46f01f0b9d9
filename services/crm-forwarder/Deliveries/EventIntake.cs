using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>Makes deliveries of events: the same for an event that just came and for one that waited.</summary>
internal sealed partial class EventIntake(DeliveryMailbox mailbox, TimeProvider clock, ILogger<EventIntake> logger)
{
    /// <summary>The version that no account ever has, so that an event which was set aside is not read again and again.</summary>
    private const long SetAsideVersion = long.MaxValue;

    /// <summary>Adds a delivery of each event for each endpoint that has none of it yet, and wakes the worker after the commit.</summary>
    public async Task AddAsync(WorkScope<CrmForwarderDbContext> scope, IReadOnlyList<(WaitingEvent Event, string EndpointId)> events)
    {
        if (events.Count == 0) return;
        var ids = events.Select(e => e.Event.EventId).ToList();
        var known = await scope.Db.Deliveries.Where(row => ids.Contains(row.EventId))
            .Select(row => new { row.Id, row.EventId, row.EndpointId, row.State }).ToListAsync();
        // A replay that reads up to the end of the log was there first. What happens now does not wait behind it.
        var ahead = known.FindAll(row => row.State == DeliveryState.Replaying);
        if (ahead.Count > 0) await PostNowAsync(scope, ahead.ConvertAll(row => row.Id), ahead.ConvertAll(row => row.EndpointId));
        var seen = known.Select(row => (row.EventId, row.EndpointId)).ToHashSet();

        var added = events.Where(e => seen.Add((e.Event.EventId, e.EndpointId))).ToList();
        if (added.Count == 0) return;
        var now = clock.GetUtcNow();
        await BulkInsert.EntitiesAsync(scope.Db, added.ConvertAll(e => Delivery.Of(e.Event, e.EndpointId, now)));
        var endpoints = added.Select(e => e.EndpointId).Distinct().ToList();
        scope.AfterCommit(() => mailbox.NewDeliveries(endpoints));
    }

    private async Task PostNowAsync(WorkScope<CrmForwarderDbContext> scope, List<long> deliveries, List<string> endpoints)
    {
        await scope.Db.Deliveries.Where(row => deliveries.Contains(row.Id) && row.State == DeliveryState.Replaying)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, DeliveryState.Pending));
        scope.AfterCommit(() => endpoints.ForEach(mailbox.EndpointChanged));
    }

    /// <summary>Turns events that waited for these accounts into deliveries, in the order of the event log.</summary>
    /// <param name="accounts">What is known of them now.</param>
    /// <param name="only">The sequences of the events to release; null for all.</param>
    public async Task ReleaseAsync(
        WorkScope<CrmForwarderDbContext> scope, IReadOnlyDictionary<AccountId, AccountStanding> accounts, IReadOnlyList<long>? only = null)
    {
        var ids = accounts.Keys.ToList();
        var waiting = await WaitingAsync(
            scope.Db,
            scope.Db.WaitingEvents.Where(row =>
                ids.Contains(row.AccountId) && row.AccountVersion != SetAsideVersion && (only == null || only.Contains(row.Sequence))));
        var released = waiting.Where(row => accounts[row.AccountId].Version >= row.AccountVersion).ToList();
        scope.Db.RemoveRange(released);
        await AddAsync(scope, [.. released.SelectMany(row => accounts[row.AccountId].EndpointsFor(row.EventType), (row, id) => (row, id))]);
    }

    /// <summary>
    /// Keeps an event that cannot be released for whoever mends it: from then on it waits for a version that never comes.
    /// </summary>
    public static Task SetAsideAsync(CrmForwarderDbContext db, long sequence) => db.WaitingEvents
        .Where(row => row.Sequence == sequence).ExecuteUpdateAsync(set => set.SetProperty(row => row.AccountVersion, SetAsideVersion));

    /// <summary>
    /// Reads events, one by one when they cannot be read together, so that one rotten row keeps back neither the others nor the news of its
    /// account.
    /// </summary>
    private async Task<List<WaitingEvent>> WaitingAsync(CrmForwarderDbContext db, IQueryable<WaitingEvent> events)
    {
        try
        {
            return await events.OrderBy(row => row.Sequence).ToListAsync();
        }
        catch (Exception error) when (DatabaseErrors.IsUnreadable(error))
        {
            var rows = new List<WaitingEvent>();
            foreach (var sequence in await events.OrderBy(row => row.Sequence).Select(row => row.Sequence).ToListAsync())
            {
                try
                {
                    rows.AddRange(await events.Where(row => row.Sequence == sequence).ToListAsync());
                }
                catch (Exception rotten) when (DatabaseErrors.IsUnreadable(rotten))
                {
                    LogUnreadable(logger, rotten, sequence);
                    await SetAsideAsync(db, sequence);
                }
            }

            return rows;
        }
    }

    /// <summary>Reads what is known of accounts, and which endpoints take their events.</summary>
    public static async Task<Dictionary<AccountId, AccountStanding>> StandingOfAsync(CrmForwarderDbContext db, List<AccountId> accounts)
    {
        // One statement for accounts with and without endpoints of their own, because each bundle asks.
        var taking = db.EndpointAccounts.Join(
            db.Endpoints.Where(endpoint => endpoint.State != EndpointState.Removed),
            row => row.EndpointId,
            endpoint => endpoint.Id,
            (row, endpoint) => new { row.AccountId, endpoint.Id, endpoint.EventTypes });
        var rows = await db.Accounts.Where(account => accounts.Contains(account.AccountId))
            .SelectMany(
                account => taking.Where(row => row.AccountId == account.AccountId).DefaultIfEmpty(),
                (account, row) => new { account.AccountId, account.Version, EndpointId = row == null ? null : row.Id, row!.EventTypes })
            .ToListAsync();
        var ofAll = await db.Endpoints.Where(endpoint => endpoint.AllAccounts && endpoint.State != EndpointState.Removed)
            .Select(endpoint => new { endpoint.Id, endpoint.EventTypes }).ToListAsync();
        var everywhere = ofAll.ConvertAll(endpoint => TakingEndpoint.Of(endpoint.Id, endpoint.EventTypes));
        return rows.GroupBy(row => (row.AccountId, row.Version)).ToDictionary(
            own => own.Key.AccountId,
            own => new AccountStanding(
                own.Key.Version,
                [
                    .. own.Where(row => row.EndpointId is not null).Select(row => TakingEndpoint.Of(row.EndpointId!, row.EventTypes)),
                    .. everywhere,
                ]));
    }

    [LoggerMessage(
        EventName = "waiting_event.unreadable",
        Level = LogLevel.Error,
        Message = "The waiting event with the sequence {Sequence} cannot be read and was set aside")]
    private static partial void LogUnreadable(ILogger logger, Exception error, long sequence);
}

/// <summary>What the intake needs to know of an account.</summary>
/// <param name="Version">The newest version that came.</param>
/// <param name="Endpoints">Where its events go; none for nowhere.</param>
internal sealed record AccountStanding(long Version, IReadOnlyList<TakingEndpoint> Endpoints)
{
    /// <summary>The ids of the endpoints that take events of a type.</summary>
    public IEnumerable<string> EndpointsFor(string eventType) =>
        Endpoints.Where(endpoint => endpoint.Takes(eventType)).Select(endpoint => endpoint.Id);
}

/// <summary>An endpoint that takes an account's events.</summary>
/// <param name="Id"><c>whe_…</c></param>
/// <param name="Types">The only types that it takes; null for all.</param>
internal sealed record TakingEndpoint(string Id, IReadOnlyList<string>? Types)
{
    public static TakingEndpoint Of(string id, string? types) => new(id, types?.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public bool Takes(string eventType) => Types is null || Types.Contains(eventType);
}
