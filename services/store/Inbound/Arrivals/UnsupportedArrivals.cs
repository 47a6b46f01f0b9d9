using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Events;
using InstaMessenger.Store.Json;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>Tells clients of what has no handler, with its raw JSON and once for each event.</summary>
internal sealed class UnsupportedArrivals(EventLog log, TimeProvider clock)
{
    public async Task RecordAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<Arrival> arrivals)
    {
        if (arrivals.Count == 0) return;
        var seen = await SeenEvents.LoadAsync(scope.Db, arrivals, clock);
        foreach (var arrival in arrivals.Where(seen.IsNew))
        {
            var raw = RawJson.Of(arrival.Item.Element.GetRawText());
            log.Append(
                scope,
                arrival.Account!,
                null,
                EventTypes.Unsupported,
                new UnsupportedEventData(arrival.Item.Name, arrival.Contact, arrival.SentAt, raw),
                arrival.TraceParent);
            InboundMetrics.Recorded(EventTypes.Unsupported);
        }
    }
}
