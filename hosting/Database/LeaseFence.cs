using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Hosting.Database;

/// <summary>Keeps a process that was frozen past its lease from writing.</summary>
public static class LeaseFence
{
    /// <summary>
    /// Makes the unit of work depend on the lease: it is undone if another process has taken the lease, and none can take it until the unit
    /// has ended. Call it first in the unit.
    /// </summary>
    /// <typeparam name="TContext">The service's database.</typeparam>
    /// <param name="lease">The lease that the worker holds.</param>
    /// <returns>Completes once the lease's row is locked.</returns>
    /// <exception cref="LeaseLostException">Another process has the lease.</exception>
    public static async Task FenceAsync<TContext>(this WorkScope<TContext> scope, ILease lease)
        where TContext : ServiceDbContext
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(lease);
        if (lease is OwnedLease) return;
        // A write that changes nothing locks the row; MySQL counts the rows that it found.
        var found = await scope.Db.Set<LeaseRow>().Where(row => row.Name == lease.Name && row.Token == lease.Token)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Token, row => row.Token));
        if (found == 0) throw new LeaseLostException(lease.Name);
    }
}
