using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Store.Audit;

/// <summary>Removes entries that are older than <c>Audit:KeepDays</c>.</summary>
internal sealed class AuditRetention(
    OldRows<StoreDbContext> oldRows, Leases<StoreDbContext> leases, IOptions<AuditOptions> options, TimeProvider clock) : Worker
{
    public override string Name => "store.audit-retention";

    public override TimeSpan Interval => TimeSpan.FromHours(1);

    /// <summary>Two processes that sweep do no harm, but are in each other's way.</summary>
    public override ILease Lease { get; } = leases.Of("store.audit-retention");

    public override Task<NextRound> RoundAsync(CancellationToken cancellationToken) => oldRows.ForgetAsync<AuditEntry, string>(
        nameof(AuditEntry.At), clock.GetUtcNow().AddDays(-options.Value.KeepDays), cancellationToken);
}
