using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Store.Events;

/// <summary>
/// Removes events that are older than <c>Events:KeepDays</c>, oldest first, so that what is kept has no gaps. What one of the taps inside
/// has not read yet stays: an outage of the broker may last longer than that.
/// </summary>
internal sealed class EventRetention(
    IDbContextFactory<StoreDbContext> factory,
    IUnitOfWork<StoreDbContext> unitOfWork,
    Leases<StoreDbContext> leases,
    IOptions<EventOptions> options,
    TimeProvider clock) : Worker
{
    /// <summary>How many rows one deletion removes: few, because on SQLite every other writer waits for it.</summary>
    private const int AtOnce = 200;

    /// <summary>A log that is shortened for the first time may have millions to remove, and is nobody's hurry.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(100);

    private static readonly IReadOnlyList<string> Taps = [Counter.Dispatched, Counter.Profiles, Counter.Searched];

    public override string Name => "store.event-retention";

    public override TimeSpan Interval => TimeSpan.FromHours(1);

    public override ILease Lease { get; } = leases.Of("store.event-retention");

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var before = now.AddDays(-options.Value.KeepDays);
        var ahead = now.AddDays(1);
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var read = await db.Counters.Where(row => Taps.Contains(row.Name)).MinAsync(row => row.Value, cancellationToken);
        // Times are compared by the database. One of them may be none: before 1970, still to come, or more than a time can be. Such an
        // event goes with those around it; else it would keep the whole log behind it for ever.
        var oldest = await db.Events.OrderBy(row => row.Sequence)
            .Select(row => new
            {
                row.Sequence,
                IsOld = row.OccurredAt >= DateTimeOffset.UnixEpoch && row.OccurredAt < before,
                IsYoung = row.OccurredAt >= before && row.OccurredAt < ahead,
            })
            .Take(AtOnce).ToListAsync(cancellationToken);
        var passed = oldest.TakeWhile(row => !row.IsYoung && row.Sequence <= read).ToList();
        if (passed.FindLast(row => row.IsOld) is not { } last) return NextRound.WhenWoken;
        await unitOfWork.ExecuteAsync(scope => ForgetAsync(scope, last.Sequence), cancellationToken);
        return passed.Count == AtOnce ? NextRound.Now.NotSoonerThan(Gap) : NextRound.WhenWoken;
    }

    private async Task ForgetAsync(WorkScope<StoreDbContext> scope, long last)
    {
        await scope.FenceAsync(Lease);
        await scope.Db.Counters.Where(row => row.Name == Counter.Expired && row.Value < last)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Value, last));
        await scope.Db.Events.Where(row => row.Sequence <= last).ExecuteDeleteAsync();
    }
}
