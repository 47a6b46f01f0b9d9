using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Access;

/// <summary>Removes windows that are over: names that somebody invented are never asked for again.</summary>
internal sealed class SignInSweep(OldRows<StoreDbContext> oldRows, Leases<StoreDbContext> leases, TimeProvider clock) : Worker
{
    public override string Name => "store.sign-in-sweep";

    public override TimeSpan Interval => TimeSpan.FromMinutes(10);

    /// <summary>Two processes that sweep do no harm, but are in each other's way.</summary>
    public override ILease Lease { get; } = leases.Of("store.sign-in-sweep");

    public override Task<NextRound> RoundAsync(CancellationToken cancellationToken) =>
        oldRows.ForgetAsync<SignInWindow, string>(nameof(SignInWindow.EndsAt), clock.GetUtcNow(), cancellationToken);
}
