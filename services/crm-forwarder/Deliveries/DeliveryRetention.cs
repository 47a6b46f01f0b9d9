using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Forgets deliveries 30 days after they were taken, with their attempts; and those of endpoints that are gone, whatever became of them;
/// and replays 30 days after they were over.
/// What was never taken stays, until somebody redelivers it or deletes the endpoint.
/// </summary>
internal sealed class DeliveryRetention(
    IDbContextFactory<CrmForwarderDbContext> factory,
    IUnitOfWork<CrmForwarderDbContext> unitOfWork,
    Leases<CrmForwarderDbContext> leases,
    TimeProvider clock) : Worker
{
    /// <summary>Longer than any retry, here or of what brings the events, so that none makes a second delivery.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>How many rows one transaction takes: few, because on SQLite every other writer waits for it.</summary>
    private const int AtOnce = 500;

    /// <summary>The delivery behind which this walk goes on. Ids grow with time.</summary>
    private long _last;

    public override string Name => "crm-forwarder.delivery-retention";

    public override TimeSpan Interval => TimeSpan.FromMinutes(10);

    public override ILease Lease { get; } = leases.Of("crm-forwarder.delivery-retention");

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - Kept;
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var looked = await db.Deliveries.Where(row => row.Id > _last).OrderBy(row => row.Id)
            .Select(row => new { row.Id, IsOld = row.CreatedAt < before }).Take(AtOnce).ToListAsync(cancellationToken);
        var old = looked.TakeWhile(row => row.IsOld).Select(row => row.Id).ToList();
        if (old.Count > 0) await unitOfWork.ExecuteAsync(scope => ForgetAsync(scope.Db, old, before), cancellationToken);
        if (await db.Replays.AnyAsync(row => row.FinishedAt < before, cancellationToken))
            await unitOfWork.ExecuteAsync(
                scope => scope.Db.Replays.Where(row => row.FinishedAt < before).ExecuteDeleteAsync(), cancellationToken);
        var more = old.Count == AtOnce;
        _last = more ? old[^1] : 0;
        return more ? NextRound.Now : NextRound.WhenWoken;
    }

    private static async Task ForgetAsync(CrmForwarderDbContext db, List<long> old, DateTimeOffset before)
    {
        var gone = await db.Deliveries
            .Where(row => old.Contains(row.Id) && ((row.State == DeliveryState.Delivered && row.DeliveredAt < before)
                || db.Endpoints.Any(endpoint => endpoint.Id == row.EndpointId && endpoint.State == EndpointState.Removed)))
            .Select(row => row.Id).ToListAsync();
        if (gone.Count == 0) return;
        await db.Deliveries.Where(row => gone.Contains(row.Id)).ExecuteDeleteAsync();
        await db.Attempts.Where(row => gone.Contains(row.DeliveryId)).ExecuteDeleteAsync();
    }
}
