using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Sending;

/// <summary>Looks every second for sends that the dispatcher will not touch any more, and settles them.</summary>
internal abstract class Sweeper(
    IDbContextFactory<SenderDbContext> factory,
    IUnitOfWork<SenderDbContext> unitOfWork,
    UnreadableRows unreadable,
    SendSignal signal,
    TimeProvider clock,
    ILogger logger) : BackgroundService
{
    private const int MostRows = 500;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(Find, stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                logger.RoundFailed(error, GetType().Name);
            }
        }
    }

    /// <summary>Settles all that <paramref name="find"/> finds.</summary>
    internal async Task SweepAsync(Func<SenderDbContext, DateTimeOffset, IQueryable<LedgerEntry>> find, CancellationToken cancellationToken)
    {
        var found = MostRows;
        while (found == MostRows)
        {
            // Looked for outside the unit of work: nearly always there is nothing, and then nobody needs the writer.
            await using (var db = await factory.CreateDbContextAsync(cancellationToken))
            {
                if (!await find(db, clock.GetUtcNow()).AnyAsync(cancellationToken)) return;
            }

            try
            {
                found = await unitOfWork.ExecuteAsync(scope => SettleAsync(scope, find), cancellationToken);
            }
            catch (Exception error) when (UnreadableRows.IsCause(error))
            {
                await using var db = await factory.CreateDbContextAsync(cancellationToken);
                var sequences = await find(db, clock.GetUtcNow()).OrderBy(row => row.Sequence).Take(MostRows).Select(row => row.Sequence).ToListAsync(cancellationToken);
                await unreadable.SetAsideAsync(sequences, cancellationToken);
            }
        }
    }

    private async Task<int> SettleAsync(WorkScope<SenderDbContext> scope, Func<SenderDbContext, DateTimeOffset, IQueryable<LedgerEntry>> find)
    {
        var now = clock.GetUtcNow();
        var rows = await find(scope.Db, now).OrderBy(row => row.Sequence).Take(MostRows).ToListAsync();
        foreach (var row in rows) Settle(scope, row, now);
        scope.AfterCommit(signal.Wake);
        return rows.Count;
    }

    protected abstract IQueryable<LedgerEntry> Find(SenderDbContext db, DateTimeOffset now);

    protected abstract void Settle(WorkScope<SenderDbContext> scope, LedgerEntry row, DateTimeOffset now);
}
