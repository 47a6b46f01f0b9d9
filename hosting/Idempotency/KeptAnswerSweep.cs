using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.Hosting.Idempotency;

/// <summary>Forgets answers once they are older than what clients are promised.</summary>
/// <param name="oldRows">Removes them.</param>
/// <param name="leases">One process at a time is enough.</param>
/// <param name="clock">Tells how old they are.</param>
internal sealed class KeptAnswerSweep<TContext>(OldRows<TContext> oldRows, Leases<TContext> leases, TimeProvider clock) : Worker
    where TContext : ServiceDbContext
{
    private static readonly string Own = DatabaseSetup.WorkerName<TContext>("kept-answers");

    public override string Name => Own;

    public override TimeSpan Interval => TimeSpan.FromHours(1);

    /// <summary>Two processes that sweep do no harm, but are in each other's way.</summary>
    public override ILease Lease { get; } = leases.Of(Own);

    public override Task<NextRound> RoundAsync(CancellationToken cancellationToken) =>
        oldRows.ForgetAsync<KeptAnswer, string>(nameof(KeptAnswer.CreatedAt), clock.GetUtcNow() - KeptAnswer.Kept, cancellationToken);
}
