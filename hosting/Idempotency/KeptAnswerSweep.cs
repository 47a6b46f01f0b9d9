using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Hosting.Idempotency;

/// <summary>Forgets answers once they are older than what clients are promised.</summary>
/// <param name="factory">Finds them.</param>
/// <param name="unitOfWork">Removes them.</param>
/// <param name="leases">One process at a time is enough.</param>
/// <param name="clock">Tells how old they are.</param>
internal sealed class KeptAnswerSweep<TContext>(
    IDbContextFactory<TContext> factory, IUnitOfWork<TContext> unitOfWork, Leases<TContext> leases, TimeProvider clock) : Worker
    where TContext : ServiceDbContext
{
    /// <summary>How many rows one deletion removes: few, because on SQLite every other writer waits for it.</summary>
    private const int AtOnce = 500;

    private static readonly string Own = DatabaseSetup.WorkerName<TContext>("kept-answers");

    public override string Name => Own;

    public override TimeSpan Interval => TimeSpan.FromHours(1);

    /// <summary>Two processes that sweep do no harm, but are in each other's way.</summary>
    public override ILease Lease { get; } = leases.Of(Own);

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        var due = clock.GetUtcNow() - KeptAnswer.Kept;
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var ids = await db.Set<KeptAnswer>().Where(row => row.CreatedAt <= due).OrderBy(row => row.CreatedAt).Select(row => row.Id)
            .Take(AtOnce).ToListAsync(cancellationToken);
        if (ids.Count == 0) return NextRound.WhenWoken;
        // The time once more: a key that was taken anew meanwhile keeps its new answer.
        await unitOfWork.ExecuteAsync(
            scope => scope.Db.Set<KeptAnswer>().Where(row => ids.Contains(row.Id) && row.CreatedAt <= due).ExecuteDeleteAsync(),
            cancellationToken);
        return NextRound.Now;
    }
}
