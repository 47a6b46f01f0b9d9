using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// Which leases are held and by whom, at most half a second old: one statement for all the workers of a process that wait for theirs. Each
/// asked by itself before, three statements a second for each worker of a process that only stands by.
/// </summary>
internal sealed class HeldLeases(Func<DbContext> createContext, TimeProvider clock) : IDisposable
{
    /// <summary>Less than a worker sleeps before it asks again, so that nobody gets the same answer twice.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(0.4);

    private readonly SemaphoreSlim _asking = new(1);
    private Dictionary<string, string> _owners = [];
    private long? _askedAt;

    /// <summary>The owner of a lease; null when it is free.</summary>
    public async Task<string?> OwnerOfAsync(string name, CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (_askedAt is not { } at || clock.GetElapsedTime(at) >= GoodFor)
            {
                var asked = clock.GetTimestamp();
                _owners = await AskAsync(cancellationToken);
                _askedAt = asked;
            }

            return _owners.GetValueOrDefault(name);
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    /// <summary>
    /// By the database's clock, like whoever takes a lease. Nothing is read of a row that could be unreadable: it would keep all workers
    /// waiting, and not only the one whose row it is.
    /// </summary>
    private async Task<Dictionary<string, string>> AskAsync(CancellationToken cancellationToken)
    {
        await using var db = createContext();
        return await db.Set<LeaseRow>()
            .FromSqlRaw("SELECT * FROM leases WHERE expires_at > " + LeaseRow.Clock)
            .Select(row => new { row.Name, row.Owner }).ToDictionaryAsync(row => row.Name, row => row.Owner, cancellationToken);
    }
}
