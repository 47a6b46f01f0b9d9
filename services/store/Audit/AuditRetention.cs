using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Store.Audit;

/// <summary>Removes entries that are older than <c>Audit:KeepDays</c>.</summary>
internal sealed class AuditRetention(
    IDbContextFactory<StoreDbContext> factory,
    IUnitOfWork<StoreDbContext> unitOfWork,
    Leases<StoreDbContext> leases,
    IOptions<AuditOptions> options,
    TimeProvider clock) : Worker
{
    /// <summary>How many rows one deletion removes: few, because on SQLite every other writer waits for it.</summary>
    private const int AtOnce = 500;

    public override string Name => "store.audit-retention";

    public override TimeSpan Interval => TimeSpan.FromHours(1);

    /// <summary>Two processes that sweep do no harm, but are in each other's way.</summary>
    public override ILease Lease { get; } = leases.Of("store.audit-retention");

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow().AddDays(-options.Value.KeepDays);
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var old = await db.Set<AuditEntry>().Where(row => row.At < before).OrderBy(row => row.At).Select(row => row.Id)
            .Take(AtOnce).ToListAsync(cancellationToken);
        if (old.Count == 0) return NextRound.WhenWoken;
        await unitOfWork.ExecuteAsync(
            scope => scope.Db.Set<AuditEntry>().Where(row => old.Contains(row.Id)).ExecuteDeleteAsync(), cancellationToken);
        return old.Count == AtOnce ? NextRound.Now : NextRound.WhenWoken;
    }
}
