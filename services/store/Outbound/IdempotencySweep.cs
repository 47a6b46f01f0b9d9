using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Outbound;

/// <summary>Forgets keys once they are older than what clients are promised.</summary>
internal sealed partial class IdempotencySweep(
    IDbContextFactory<StoreDbContext> factory, IUnitOfWork<StoreDbContext> unitOfWork, TimeProvider clock, ILogger<IdempotencySweep> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    /// <summary>Few at a time: on SQLite every other writer waits for the deletion.</summary>
    private const int AtOnce = 500;

    /// <summary>Forgets all that are due; gives how many that were.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var due = clock.GetUtcNow() - IdempotencyRecord.Kept;
        var swept = 0;
        while (true)
        {
            await using var db = await factory.CreateDbContextAsync(cancellationToken);
            var ids = await db.Set<IdempotencyRecord>().Where(row => row.CreatedAt <= due).OrderBy(row => row.CreatedAt).Select(row => row.Id).Take(AtOnce).ToListAsync(cancellationToken);
            if (ids.Count == 0) return swept;
            await unitOfWork.ExecuteAsync(scope => scope.Db.Set<IdempotencyRecord>().Where(row => ids.Contains(row.Id)).ExecuteDeleteAsync(), cancellationToken);
            swept += ids.Count;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Every, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested) return;
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, error);
            }
        }
    }

    [LoggerMessage(EventName = "idempotency.sweep_failed", Level = LogLevel.Warning, Message = "Old idempotency keys could not be removed; tried again in an hour")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
