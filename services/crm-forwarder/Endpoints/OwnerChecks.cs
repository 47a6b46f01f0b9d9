using InstaMessenger.Contracts.Commands;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Endpoints;

/// <summary>
/// Asks the store which accounts the owners of endpoints still see. Otherwise a user who lost an account, or is gone, would get its events
/// for ever at an address that they gave. One process asks at a time; two would do no harm.
/// </summary>
internal sealed class OwnerChecks(
    IDbContextFactory<CrmForwarderDbContext> factory,
    IUnitOfWork<CrmForwarderDbContext> unitOfWork,
    Leases<CrmForwarderDbContext> leases,
    TimeProvider clock) : Worker
{
    /// <summary>Users in one question.</summary>
    private const int AtOnce = 100;

    public override string Name => "crm-forwarder.owner-checks";

    /// <summary>For as long an owner gets what is no longer theirs.</summary>
    public override TimeSpan Interval => TimeSpan.FromSeconds(10);

    public override ILease Lease { get; } = leases.Of("crm-forwarder.owner-checks");

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        // Those that take nothing any more are not asked for.
        var owners = await db.Endpoints
            .Where(row => row.OwnerId != null && row.State != EndpointState.Removed
                && (row.AllAccounts || db.EndpointAccounts.Any(account => account.EndpointId == row.Id)))
            .Select(row => row.OwnerId!).Distinct().ToListAsync(cancellationToken);
        if (owners.Count == 0) return NextRound.WhenWoken;
        var now = clock.GetUtcNow();
        await unitOfWork.ExecuteAsync(
            scope =>
            {
                foreach (var some in owners.Chunk(AtOnce)) scope.Publish(new CheckReach(some, now));
                return Task.CompletedTask;
            },
            cancellationToken);
        return NextRound.WhenWoken;
    }
}
