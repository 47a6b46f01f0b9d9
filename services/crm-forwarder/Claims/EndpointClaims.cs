using System.Collections.Concurrent;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Claims;

/// <summary>
/// Knows which endpoints this process posts to. An endpoint belongs to one process at a time, so that nothing is posted twice and its
/// conversations stay in order; and to the one that takes in its events, so that a commit wakes the right one. It is taken once and kept as
/// long as the process lives, so no delivery costs another write.
/// </summary>
internal sealed class EndpointClaims(
    IUnitOfWork<CrmForwarderDbContext> unitOfWork, IDbContextFactory<CrmForwarderDbContext> factory, ProcessLease lease)
{
    /// <summary>The id under which each endpoint was taken.</summary>
    private readonly ConcurrentDictionary<string, string> _taken = new();

    /// <summary>Takes an endpoint that no living process owns. When one does, tells it that the endpoint is wanted here.</summary>
    /// <returns>The claim, for <see cref="HeldAsync"/>; null when the endpoint is another's.</returns>
    public async Task<string?> TakeAsync(string endpointId, CancellationToken cancellationToken)
    {
        if (!lease.IsShared) return ProcessLease.Alone;
        if (lease.Id is not { } me) return null;
        if (_taken.TryGetValue(endpointId, out var claim) && claim == me) return me;
        var taken = await unitOfWork.ExecuteAsync(scope => TakeAsync(scope.Db, endpointId, me), cancellationToken);
        if (taken) _taken[endpointId] = me;
        return taken ? me : null;
    }

    /// <summary>Whether the endpoint was taken by this process, as far as it knows.</summary>
    public bool IsTaken(string endpointId) =>
        !lease.IsShared || (_taken.TryGetValue(endpointId, out var claim) && claim == lease.Id);

    /// <summary>Endpoints of this process that another wants.</summary>
    public async Task<List<string>> WantedAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        return await db.Claims.Where(row => row.Owner == lease.Id && row.WantedBy != null).Select(row => row.EndpointId)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Gives an endpoint with nothing in flight to whoever wants it.</summary>
    public async Task HandOverAsync(string endpointId, CancellationToken cancellationToken)
    {
        _taken.TryRemove(endpointId, out _);
        var me = lease.Id;
        await unitOfWork.ExecuteAsync(
            async scope =>
            {
                var claim = scope.Db.Claims.Where(row => row.EndpointId == endpointId && row.Owner == me && row.WantedBy != null);
                // Read before it is written: MySQL assigns columns one after another, and EF does not say in which order.
                if (await claim.Select(row => row.WantedBy).SingleOrDefaultAsync() is not { } next) return;
                await claim.ExecuteUpdateAsync(
                    set => set.SetProperty(row => row.Owner, next).SetProperty(row => row.WantedBy, (string?)null));
            },
            cancellationToken);
    }

    /// <summary>
    /// Returns those of the endpoints that are still held under the claim. Nobody can take them before the transaction ends.
    /// </summary>
    public static async Task<HashSet<string>> HeldAsync(CrmForwarderDbContext db, IEnumerable<string> endpoints, string claim)
    {
        var ids = endpoints.Distinct().ToList();
        if (claim == ProcessLease.Alone) return [.. ids];
        var held = db.Claims.Where(row => ids.Contains(row.EndpointId) && row.Owner == claim);
        // Changes nothing but locks the rows: whoever wants to take one waits for what is recorded here.
        var count = await held.ExecuteUpdateAsync(set => set.SetProperty(row => row.Owner, claim));
        return count == ids.Count ? [.. ids] : [.. await held.Select(row => row.EndpointId).ToListAsync()];
    }

    private static async Task<bool> TakeAsync(CrmForwarderDbContext db, string endpointId, string me)
    {
        var claim = db.Claims.Where(row => row.EndpointId == endpointId);
        var taken = await claim
            .Where(row => row.Owner == me || !db.Processes.Any(process => process.Id == row.Owner))
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Owner, me).SetProperty(row => row.WantedBy, (string?)null));
        if (taken == 1) return true;
        if (await claim.ExecuteUpdateAsync(set => set.SetProperty(row => row.WantedBy, me)) == 1) return false;
        // Two that insert at once meet in the key, and the one that lost runs again.
        db.Add(new EndpointClaim { EndpointId = endpointId, Owner = me });
        return true;
    }
}
