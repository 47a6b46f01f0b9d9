using InstaMessenger.Hosting.Gauges;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Events;

/// <summary>The gauges of how far the bus is behind the event log.</summary>
internal sealed class EventLogGauges(
    IDbContextFactory<StoreDbContext> factory, TimeProvider clock) : GaugeWorker("event-log-gauges", "store", clock)
{
    public static readonly Gauge Backlog = new(
        "event_log.backlog", "{event}", "Events that the bus has not confirmed yet: CRMs do not have them.");

    public static readonly Gauge BacklogAge = new(
        "event_log.backlog.age", "s", "Since the oldest event that the bus has not confirmed was written.");

    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var counters = await db.Counters.Where(row => row.Name == Counter.Events || row.Name == Counter.Dispatched)
            .ToDictionaryAsync(row => row.Name, row => row.Value, cancellationToken);
        var cursor = counters[Counter.Dispatched];
        Set(Backlog, counters[Counter.Events] - cursor);
        SetAge(
            BacklogAge,
            await db.Events.Where(row => row.Sequence > cursor).OrderBy(row => row.Sequence).Select(row => (DateTimeOffset?)row.OccurredAt)
                .FirstOrDefaultAsync(cancellationToken));
    }
}
