using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Gauges;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>The gauges of how far the mirror is behind.</summary>
internal sealed class MirrorGauges(
    IDbContextFactory<CrmForwarderDbContext> factory, TimeProvider clock) : GaugeWorker("mirror-gauges", "crm-forwarder", clock)
{
    public static readonly Gauge Lag = new(
        "mirror.lag", "s", "Since the CRM's mirror last had everything, or was connected; some seconds while nothing happens.");

    public static readonly Gauge Behind = new(
        "mirror.behind", "{event}", "Events that the CRM's mirror did not have after the newest page, of the last minute.");

    /// <summary>An older figure says nothing of now.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _clock = clock;

    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        if (await db.MirrorAsks.SingleOrDefaultAsync(row => row.Id == MirrorAsk.Only, cancellationToken) is not { } row) return;
        if (row.CompleteAt is { } since) SetAge(Lag, since);
        if (row.Behind is { } behind && row.AppliedAt > _clock.GetUtcNow() - GoodFor) Set(Behind, behind);
    }
}
