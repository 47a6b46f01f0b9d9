using InstaMessenger.Hosting.Gauges;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound;

/// <summary>The gauges of what waits for an account.</summary>
internal sealed class QuarantineGauges(
    IDbContextFactory<StoreDbContext> factory, TimeProvider clock) : GaugeWorker("quarantine-gauges", "store", clock)
{
    public static readonly Gauge Rows = new("quarantine.rows", "{webhook}", "Webhooks that no linked account claims.");

    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        Set(
            Rows,
            await db.Set<QuarantinedWebhook>().OrderBy(row => row.Id).Select(row => row.Id).Take(MostRows).CountAsync(cancellationToken));
    }
}
