using InstaMessenger.Hosting.Gauges;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Downloads;

/// <summary>The gauges of attachments that are to be fetched.</summary>
internal sealed class DownloadGauges(
    IDbContextFactory<SenderDbContext> factory, TimeProvider clock) : GaugeWorker("download-gauges", "sender", clock)
{
    public static readonly Gauge Waiting = new(
        "downloads.waiting", "{attachment}", "Attachments that are to be fetched, or fetched once more.");

    public static readonly Gauge WaitingAge = new(
        "downloads.waiting.age", "s", "Since the attachment that waits longest could have been fetched, or tried again.");

    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var waiting = db.Downloads.OrderBy(row => row.DueAt).ThenBy(row => row.AccountId);
        Set(Waiting, await waiting.Select(row => row.Sequence).Take(MostRows).CountAsync(cancellationToken));
        SetAge(WaitingAge, await waiting.Select(row => (DateTimeOffset?)row.DueAt).FirstOrDefaultAsync(cancellationToken));
    }
}
