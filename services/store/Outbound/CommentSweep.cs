using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Outbound;

/// <summary>Forgets comments that have long been too old for a private reply.</summary>
internal sealed class CommentSweep(
    IDbContextFactory<StoreDbContext> factory,
    IUnitOfWork<StoreDbContext> unitOfWork,
    Leases<StoreDbContext> leases,
    TimeProvider clock) : Worker
{
    /// <summary>How many rows one deletion removes, about: few, because on SQLite every other writer waits for it.</summary>
    private const int AtOnce = 500;

    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    public override string Name => "store.comment-sweep";

    public override TimeSpan Interval => TimeSpan.FromHours(1);

    /// <summary>Two processes that sweep do no harm, but are in each other's way.</summary>
    public override ILease Lease { get; } = leases.Of("store.comment-sweep");

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        var due = clock.GetUtcNow() - Kept;
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var oldest = await db.ReadableAsync(
            first => db.Comments.Where(row => row.CommentedAt <= due).OrderBy(row => row.CommentedAt).ThenBy(row => row.CommentId)
                .ThenBy(row => row.AccountId).Select(row => new Due(row.CommentId, row.CommentedAt)).Take(first),
            AtOnce,
            cancellationToken);
        if (oldest.Count == 0) return NextRound.WhenWoken;
        var last = oldest[^1].CommentedAt;
        await unitOfWork.ExecuteAsync(
            scope => scope.Db.Comments.Where(row => row.CommentedAt <= last).ExecuteDeleteAsync(), cancellationToken);
        return NextRound.Now;
    }

    private sealed record Due(string CommentId, DateTimeOffset CommentedAt);
}
