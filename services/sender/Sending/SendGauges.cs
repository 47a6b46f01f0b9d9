using InstaMessenger.Hosting.Gauges;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Sending;

/// <summary>The gauges of what waits to be sent, and of what nobody knows the outcome of.</summary>
internal sealed class SendGauges(
    IDbContextFactory<SenderDbContext> factory, TimeProvider clock) : GaugeWorker("send-gauges", "sender", clock)
{
    public static readonly Gauge Waiting = new(
        "sends.waiting", "{message}", "Messages that are to be sent: new ones, and those whose call is to be made again.");

    public static readonly Gauge WaitingAge = new("sends.waiting.age", "s", "Since the oldest message that waits was accepted.");

    public static readonly Gauge Unknown = new(
        "sends.unknown", "{message}", "Messages that may have reached Meta; an echo or an operator settles them.");

    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var (queued, waiting) = (In(db, LedgerState.Queued), In(db, LedgerState.Waiting));
        Set(Waiting, await queued.CountAsync(cancellationToken) + await waiting.CountAsync(cancellationToken));
        // The order of acceptance is that of the sequence, which is in the index.
        var oldest = new[] { await queued.MinAsync(cancellationToken), await waiting.MinAsync(cancellationToken) }.Min();
        SetAge(
            WaitingAge,
            await db.Ledger.Where(row => row.Sequence == oldest).Select(row => (DateTimeOffset?)row.AcceptedAt)
                .FirstOrDefaultAsync(cancellationToken));
        Set(Unknown, await In(db, LedgerState.Unknown).CountAsync(cancellationToken));
    }

    private static IQueryable<long?> In(SenderDbContext db, LedgerState state) =>
        db.Ledger.Where(row => row.State == state).OrderBy(row => row.DueAt).Select(row => (long?)row.Sequence).Take(MostRows);
}
