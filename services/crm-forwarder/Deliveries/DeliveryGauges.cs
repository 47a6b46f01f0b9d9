using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Gauges;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>The gauges of what CRMs do not have yet.</summary>
internal sealed class DeliveryGauges(
    IDbContextFactory<CrmForwarderDbContext> factory, TimeProvider clock) : GaugeWorker("delivery-gauges", "crm-forwarder", clock)
{
    public static readonly Gauge Waiting = new(
        "deliveries.waiting", "{delivery}", "Deliveries that are to be posted, to endpoints that take some.");

    public static readonly Gauge WaitingAge = new("deliveries.waiting.age", "s", "Since the oldest delivery that waits was made.");

    public static readonly Gauge Dead = new("deliveries.dead", "{delivery}", "Deliveries that were given up, to endpoints that take some.");

    /// <summary>Endpoints are asked one by one; this many with something to do are enough to count.</summary>
    private const int MostEndpoints = 1_000;

    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var (waiting, oldest) = await CountAsync(db, DeliveryState.Pending, cancellationToken);
        Set(Waiting, waiting);
        SetAge(
            WaitingAge,
            await db.Deliveries.Where(row => row.Id == oldest).Select(row => (DateTimeOffset?)row.CreatedAt)
                .FirstOrDefaultAsync(cancellationToken));
        Set(Dead, (await CountAsync(db, DeliveryState.Dead, cancellationToken)).Rows);
    }

    /// <summary>
    /// Finds the active endpoints that have deliveries in a state. It probes the index for each endpoint, because most of the deliveries
    /// themselves were delivered.
    /// </summary>
    internal static IQueryable<string> With(CrmForwarderDbContext db, DeliveryState state) => db.Endpoints
        .Where(endpoint => endpoint.State == EndpointState.Active
                && db.Deliveries.Any(row => row.EndpointId == endpoint.Id && row.State == state))
        .OrderBy(endpoint => endpoint.Id)
        .Select(endpoint => endpoint.Id)
        .Take(MostEndpoints);

    internal static IQueryable<long?> Of(CrmForwarderDbContext db, string endpointId, DeliveryState state, int most) => db.Deliveries
        .Where(row => row.EndpointId == endpointId && row.State == state)
        .OrderBy(row => row.DueAt)
        .Select(row => (long?)row.Id)
        .Take(most);

    private static async Task<(int Rows, long? Oldest)> CountAsync(
        CrmForwarderDbContext db, DeliveryState state, CancellationToken cancellationToken)
    {
        var (rows, oldest) = (0, (long?)null);
        foreach (var endpoint in await With(db, state).ToListAsync(cancellationToken))
        {
            var some = Of(db, endpoint, state, MostRows - rows);
            rows += await some.CountAsync(cancellationToken);
            oldest = new[] { oldest, await some.MinAsync(cancellationToken) }.Min();
            if (rows == MostRows) break;
        }

        return (rows, oldest);
    }
}
