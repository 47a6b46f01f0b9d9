using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Outbound;

/// <summary>Forgets keys once they are older than what clients are promised.</summary>
internal sealed class IdempotencySweep(
    IDbContextFactory<StoreDbContext> factory,
    IUnitOfWork<StoreDbContext> unitOfWork,
    Leases<StoreDbContext> leases,
    TimeProvider clock) : Worker
{
    /// <summary>How many rows one deletion removes: few, because on SQLite every other writer waits for it.</summary>
    private const int AtOnce = 500;

    public override string Name => "store.idempotency-sweep";

    public override TimeSpan Interval => TimeSpan.FromHours(1);

    /// <summary>Two processes that sweep do no harm, but are in each other's way.</summary>
    public override ILease Lease { get; } = leases.Of("store.idempotency-sweep");

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        var due = clock.GetUtcNow() - IdempotencyRecord.Kept;
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var ids = await db.Set<IdempotencyRecord>().Where(row => row.CreatedAt <= due).OrderBy(row => row.CreatedAt).Select(row => row.Id)
            .Take(AtOnce).ToListAsync(cancellationToken);
        if (ids.Count == 0) return NextRound.WhenWoken;
        await unitOfWork.ExecuteAsync(
            scope => scope.Db.Set<IdempotencyRecord>().Where(row => ids.Contains(row.Id)).ExecuteDeleteAsync(), cancellationToken);
        return NextRound.Now;
    }
}
