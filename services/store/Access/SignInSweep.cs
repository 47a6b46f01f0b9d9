using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary>
/// Removes windows that are over: names that somebody invented are never asked for again. One process does it at a time, but two would do
/// no harm.
/// </summary>
internal sealed class SignInSweep(
    IDbContextFactory<StoreDbContext> factory,
    IUnitOfWork<StoreDbContext> unitOfWork,
    Leases<StoreDbContext> leases,
    TimeProvider clock) : Worker
{
    /// <summary>How many rows one deletion removes: few, because on SQLite every other writer waits for it.</summary>
    private const int AtOnce = 500;

    public override string Name => "store.sign-in-sweep";

    public override TimeSpan Interval => TimeSpan.FromMinutes(10);

    public override ILease Lease { get; } = leases.Of("store.sign-in-sweep");

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var over = await db.Set<SignInWindow>().Where(row => row.EndsAt <= now).OrderBy(row => row.EndsAt).Select(row => row.Id)
            .Take(AtOnce).ToListAsync(cancellationToken);
        if (over.Count > 0)
        {
            await unitOfWork.ExecuteAsync(
                scope => scope.Db.Set<SignInWindow>().Where(row => over.Contains(row.Id) && row.EndsAt <= now)
                    .ExecuteDeleteAsync(), cancellationToken);
        }

        return over.Count == AtOnce ? NextRound.Now : NextRound.WhenWoken;
    }
}
