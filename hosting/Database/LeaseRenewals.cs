using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// Renews the leases that a process holds in one database, beside the rounds of their workers, so that a long round keeps its lease. All
/// are renewed by one statement: were each to renew its own, an idle process would make the server write twenty commits a second to disk.
/// </summary>
internal sealed partial class LeaseRenewals(Func<DbContext> createContext, TimeProvider clock, ILogger logger) : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly HashSet<LeaseHold> _holds = [];
    private readonly CancellationTokenSource _end = new();
    private bool _running;

    /// <summary>Renews this one as well from now on.</summary>
    public void Add(LeaseHold hold)
    {
        lock (_gate)
        {
            _holds.Add(hold);
            if (_running) return;
            _running = true;
        }

        _ = RunAsync();
    }

    public void Remove(LeaseHold hold)
    {
        lock (_gate) _holds.Remove(hold);
    }

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
    }

    private async Task RunAsync()
    {
        var end = _end.Token;
        while (true)
        {
            await Task.Delay(Every, clock, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            LeaseHold[] holds;
            lock (_gate)
            {
                _running = _holds.Count > 0 && !end.IsCancellationRequested;
                if (!_running) return;
                holds = [.. _holds];
            }

            await RenewAsync(holds, end);
        }
    }

    /// <summary>
    /// Renews all whose rows are free. A worker's unit locks the row of its lease until it is committed; such a one is renewed by itself,
    /// and waits for that unit without keeping the others waiting. So is one that another process has by now, and learns it.
    /// </summary>
    private async Task RenewAsync(LeaseHold[] holds, CancellationToken end)
    {
        var asked = clock.GetTimestamp();
        HashSet<string> renewed = [];
        try
        {
            renewed = await RenewFreeAsync(holds, end);
        }
        catch (Exception error)
        {
            if (end.IsCancellationRequested) return;
            LogNotRenewed(logger, error, "All together");
        }

        foreach (var hold in holds)
        {
            if (renewed.Contains(hold.Owner)) hold.Renew(asked);
            else if (!hold.IsRenewedAlone) _ = RenewAloneAsync(hold, end);
        }
    }

    /// <summary>
    /// Each statement commits by itself. In a transaction of two, a process that is frozen in between would keep its locks, and all of its
    /// leases, for as long as the server lets a connection sleep. What was given back in this moment has no time, and gets none. The order
    /// and the key are forced: by another plan the update would read, and so wait for, rows that it leaves alone.
    /// </summary>
    /// <returns>The owners whose leases were renewed.</returns>
    private async Task<HashSet<string>> RenewFreeAsync(LeaseHold[] holds, CancellationToken end)
    {
        var mine = "name IN (" + Places(0, holds.Length) + ") AND owner IN (" + Places(holds.Length, holds.Length) + ")";
        await using var db = createContext();
        // A server that waits for locked rows all the same must not use up the time of the others.
        db.Database.SetCommandTimeout(LongestWait);
        var renewed = await db.Database.SqlQueryRaw<string>(
            "SET @end = " + LeaseHold.EndsAt + "; UPDATE (SELECT DISTINCT name FROM leases FORCE INDEX (PRIMARY) WHERE " + mine
                + " AND expires_at > 0 FOR UPDATE SKIP LOCKED) AS free STRAIGHT_JOIN leases FORCE INDEX (PRIMARY) "
                + "ON leases.name = free.name SET leases.expires_at = @end; SELECT owner FROM leases WHERE " + mine
                + " AND expires_at >= @end",
            [.. holds.Select(hold => hold.Name), .. holds.Select(hold => hold.Owner)]).ToListAsync(end);
        return [.. renewed];
    }

    /// <summary>An error does not lose the lease yet: it is renewed again until its time is over.</summary>
    private async Task RenewAloneAsync(LeaseHold hold, CancellationToken end)
    {
        hold.IsRenewedAlone = true;
        try
        {
            var asked = clock.GetTimestamp();
            await using var db = createContext();
            var kept = await db.Database.ExecuteSqlRawAsync(
                "UPDATE leases SET expires_at = " + LeaseHold.EndsAt
                    + " WHERE name = {0} AND owner = {1} AND token = {2} AND expires_at > 0",
                [hold.Name, hold.Owner, hold.Token],
                end);
            if (kept == 1) hold.Renew(asked);
            else Lose(hold);
        }
        catch (Exception error)
        {
            if (!end.IsCancellationRequested) LogNotRenewed(logger, error, hold.Name);
        }
        finally
        {
            hold.IsRenewedAlone = false;
        }
    }

    private void Lose(LeaseHold hold)
    {
        Remove(hold);
        hold.End();
    }

    /// <summary>The places of values in a statement: <c>{2}, {3}</c>.</summary>
    private static string Places(int from, int count) => string.Join(", ", Enumerable.Range(from, count).Select(place => $"{{{place}}}"));

    [LoggerMessage(EventName = "lease.not_renewed", Level = LogLevel.Debug, Message = "{Lease} could not be renewed; it is tried again")]
    private static partial void LogNotRenewed(ILogger logger, Exception error, string lease);
}
