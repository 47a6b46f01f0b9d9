using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Events;
using InstaMessenger.Store.Json;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>
/// Tells clients of what has no handler, with its raw JSON and once for each event. Of a message that was taken back there is no JSON.
/// </summary>
internal sealed class UnsupportedArrivals(EventLog log, TimeProvider clock)
{
    public async Task RecordAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<Arrival> arrivals)
    {
        if (arrivals.Count == 0) return;
        var seen = await SeenEvents.LoadAsync(scope.Db, arrivals, clock);
        var namings = arrivals.Where(seen.IsNew).Select(arrival => new Naming(arrival, QuarantinedUnsends.MidOf(arrival.Item))).ToList();
        // What names no message is not looked up.
        var named = await NamedMessages.LoadAsync(scope.Db, namings.FindAll(naming => naming.Mid is not null), clock);
        foreach (var naming in namings)
        {
            var (arrival, mid) = (naming.Arrival, naming.Mid);
            var isUnsend = arrival.Item.Name == WebhookItemName.Unsend;
            var raw = isUnsend || !named.IsTakenBack(naming) ? RawJson.Of(arrival.Item.Element.GetRawText()) : null;
            log.Append(
                scope,
                arrival.Account!,
                null,
                EventTypes.Unsupported,
                new UnsupportedEventData(arrival.Item.Name, arrival.Contact, arrival.SentAt, mid, raw),
                arrival.TraceParent,
                mid is { } known ? MessageId.Unplaced(arrival.Account!.Id, known) : null);
            InboundMetrics.Recorded(EventTypes.Unsupported);
        }
    }
}
