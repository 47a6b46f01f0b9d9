using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Outbound;

/// <summary>Forgets keys once they are older than what clients are promised.</summary>
internal sealed class IdempotencySweep(OldRows<StoreDbContext> oldRows, Leases<StoreDbContext> leases, TimeProvider clock) : Worker
{
    public override string Name => "store.idempotency-sweep";

    public override TimeSpan Interval => TimeSpan.FromHours(1);

    /// <summary>Two processes that sweep do no harm, but are in each other's way.</summary>
    public override ILease Lease { get; } = leases.Of("store.idempotency-sweep");

    public override Task<NextRound> RoundAsync(CancellationToken cancellationToken) => oldRows.ForgetAsync<IdempotencyRecord, long>(
        nameof(IdempotencyRecord.CreatedAt), clock.GetUtcNow() - IdempotencyRecord.Kept, cancellationToken);
}
