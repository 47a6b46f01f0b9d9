using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.CrmForwarder.Claims;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Replays;

/// <summary>
/// Makes deliveries of a page of the log, or posts those anew that there are. What was erased since the page was read goes nowhere, nor
/// does what the endpoint does not take any more. A page that comes twice is known by its number.
/// </summary>
internal sealed class TakeReplayedEvents(DeliveryMailbox mailbox, EndpointClaims claims, ReplaySignal signal, TimeProvider clock)
    : IMessageHandler<CrmForwarderDbContext, EventsRead>
{
    public async Task HandleAsync(WorkScope<CrmForwarderDbContext> scope, IReadOnlyList<BusItem<EventsRead>> items)
    {
        foreach (var page in items.Select(item => item.Body)) await TakeAsync(scope, page);
        scope.AfterCommit(signal.Wake);
    }

    private async Task TakeAsync(WorkScope<CrmForwarderDbContext> scope, EventsRead page)
    {
        var db = scope.Db;
        var replay = await db.Replays.Where(row => row.Id == page.ReplayId).ForUpdate().SingleOrDefaultAsync();
        if (replay is not { State: ReplayState.Running } || replay.Page != page.Page) return;
        var now = clock.GetUtcNow();
        var found = await PostAnewAsync(db, replay, await TakenAsync(db, replay.EndpointId, page.Events), now);
        replay.Take(found, page.BeganAt, page.Position, page.UpTo, now);
        // Two pages of one bundle: the second one finds what the first one did.
        await db.SaveChangesAsync();
        // Not when another process has the endpoint, which would hand it over for this; its sweep finds them within a second.
        if (found > 0 && claims.IsTaken(replay.EndpointId)) scope.AfterCommit(() => mailbox.NewReplays([replay.EndpointId]));
    }

    /// <summary>Which of the events the endpoint takes as it is now.</summary>
    private static async Task<List<InboxEvent>> TakenAsync(CrmForwarderDbContext db, string endpointId, IReadOnlyList<InboxEvent> events)
    {
        var accounts = events.Select(e => e.AccountId).Distinct().ToList();
        var endpoint = await db.Endpoints.AsNoTracking().SingleOrDefaultAsync(row => row.Id == endpointId);
        if (endpoint is null or { State: EndpointState.Removed } || accounts.Count == 0) return [];
        var listed = await db.EndpointAccounts.Where(row => row.EndpointId == endpointId && accounts.Contains(row.AccountId))
            .Select(row => row.AccountId).ToListAsync();
        var erased = await DataErasure.OfAsync(db, accounts);
        var types = TakingEndpoint.Of(endpointId, endpoint.EventTypes);
        return [.. events.Where(e => e.Body.Length > 0 && types.Takes(e.Type)
            && (endpoint.AllAccounts || listed.Contains(e.AccountId)) && !erased.Any(erasure => erasure.Covers(e)))];
    }

    /// <returns>How many are posted anew; one that waits for its post anyway is left as it is.</returns>
    private static async Task<int> PostAnewAsync(
        CrmForwarderDbContext db, EndpointReplay replay, List<InboxEvent> events, DateTimeOffset now)
    {
        var (endpoint, id) = (replay.EndpointId, replay.Id);
        var ids = events.ConvertAll(e => e.Id);
        var there = await db.Deliveries.Where(row => ids.Contains(row.EventId) && row.EndpointId == endpoint)
            .Select(row => row.EventId).ToListAsync();
        var again = await db.Deliveries
            .Where(row => ids.Contains(row.EventId) && row.EndpointId == endpoint
                && (row.State == DeliveryState.Delivered || row.State == DeliveryState.Dead))
            .ExecuteUpdateAsync(set => set
                .SetProperty(row => row.State, DeliveryState.Replaying)
                .SetProperty(row => row.ReplayId, id)
                .SetProperty(row => row.Failures, 0)
                .SetProperty(row => row.DueAt, now));
        var taken = await ErasedMessages.OfAsync(db, ids);
        var made = events.Where(e => !there.Contains(e.Id)).DistinctBy(e => e.Id).Select(e =>
        {
            var waiting = WaitingEvent.Of(new BusItem<InboxEvent>("", null, e));
            waiting.Body = taken.Without(e.Id, e.Body);
            return Delivery.Of(waiting, endpoint, now, id);
        }).ToList();
        // One that comes by itself at the same moment meets it in the key, and this is run again.
        await BulkInsert.EntitiesAsync(db, made);
        return again + made.Count;
    }
}
