using System.Security.Cryptography;
using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// A lease as a row on MySQL, which several processes see. It is renewed beside the rounds, so a long round keeps it. A process that is
/// frozen or dead renews nothing, and another has the lease a few seconds later. Each statement commits by itself, so nothing is left to
/// roll back.
/// </summary>
internal sealed partial class SharedLease(
    string name, Func<DbContext> createContext, HeldLeases others, TimeProvider clock, ILogger logger) : ILease
{
    /// <summary>Long enough for a pause of the runtime or of the machine, short enough that a dead process is hardly missed.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(1.5);

    /// <summary>The holder gives up this much before the database would: the time that its own statement may have been under way.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(0.5);

    private readonly string _owner = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private readonly Lock _gate = new();
    private CancellationTokenSource? _renewing;
    private long _renewedAt;
    private bool _held;

    public string Name => name;

    public long Token { get; private set; }

    public bool IsHeld
    {
        get
        {
            lock (_gate) return _held && clock.GetElapsedTime(_renewedAt) < Lifetime - Margin;
        }
    }

    public async Task<bool> IsElsewhereAsync(CancellationToken cancellationToken) =>
        await others.OwnerOfAsync(name, cancellationToken) is { } owner && owner != _owner;

    public async Task<bool> TryTakeAsync(CancellationToken cancellationToken)
    {
        StopRenewing();
        var asked = clock.GetTimestamp();
        await using var db = createContext();
        if (await TakeAsync(db, cancellationToken) == 0)
        {
            await db.Database.ExecuteSqlAsync(
                $"INSERT IGNORE INTO leases (name, owner, token, expires_at) VALUES ({name}, '', 0, 0)", cancellationToken);
            if (await TakeAsync(db, cancellationToken) == 0) return false;
        }

        // Nobody else can have taken it since: it has just begun. A process frozen here finds it expired by its own clock.
        var taken = await db.Set<LeaseRow>().AsNoTracking().SingleAsync(row => row.Name == name, cancellationToken);
        if (taken.Owner != _owner) return false;
        // Not when only a database that was away came between: the database has a line of its own.
        if (taken.Token != Token + 1) LogTaken(logger, name, taken.Token);
        Begin(taken.Token, asked);
        return true;
    }

    public async Task ReleaseAsync()
    {
        StopRenewing();
        try
        {
            await using var db = createContext();
            await db.Database.ExecuteSqlAsync(
                $"UPDATE leases SET expires_at = 0 WHERE name = {name} AND token = {Token} AND owner = {_owner}");
        }
        catch (Exception error)
        {
            LogNotReleased(logger, error, name);
        }
    }

    /// <summary>Takes the lease by the database's clock, in UTC: the clock of a session's own zone jumps twice a year.</summary>
    private Task<int> TakeAsync(DbContext db, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"""
        UPDATE leases SET owner = {_owner}, token = token + 1,
            expires_at = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000 + {(long)Lifetime.TotalMilliseconds}
        WHERE name = {name} AND (owner = {_owner} OR expires_at <= TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000)
        """,
        cancellationToken);

    private Task<int> RenewAsync(DbContext db, long token, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"""
        UPDATE leases
            SET expires_at = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000 + {(long)Lifetime.TotalMilliseconds}
        WHERE name = {name} AND token = {token} AND owner = {_owner}
        """,
        cancellationToken);

    private void Begin(long token, long asked)
    {
        var renewing = new CancellationTokenSource();
        lock (_gate) (Token, _renewedAt, _held, _renewing) = (token, asked, true, renewing);
        _ = KeepAsync(token, renewing.Token);
    }

    private void StopRenewing()
    {
        CancellationTokenSource? renewing;
        lock (_gate) (renewing, _renewing, _held) = (_renewing, null, false);
        if (renewing is not null) _ = EndAsync(renewing);

        static async Task EndAsync(CancellationTokenSource renewing)
        {
            await renewing.EndAsync();
            renewing.Dispose();
        }
    }

    /// <summary>
    /// Renews until the lease is given back or another process has it. An error does not lose the lease yet: the renewal is tried again
    /// until the time is over.
    /// </summary>
    private async Task KeepAsync(long token, CancellationToken end)
    {
        while (true)
        {
            await Task.Delay(RenewEvery, clock, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (end.IsCancellationRequested) return;
            try
            {
                var asked = clock.GetTimestamp();
                await using var db = createContext();
                var kept = await RenewAsync(db, token, end) == 1;
                lock (_gate)
                {
                    if (end.IsCancellationRequested) return;
                    if (kept) _renewedAt = asked;
                    else _held = false;
                }

                if (!kept) return;
            }
            catch (Exception error)
            {
                if (end.IsCancellationRequested) return;
                LogNotRenewed(logger, error, name);
            }
        }
    }

    [LoggerMessage(EventName = "lease.taken", Level = LogLevel.Information, Message = "{Lease} is this process's now, token {Token}")]
    private static partial void LogTaken(ILogger logger, string lease, long token);

    [LoggerMessage(EventName = "lease.not_renewed", Level = LogLevel.Debug, Message = "{Lease} could not be renewed; it is tried again")]
    private static partial void LogNotRenewed(ILogger logger, Exception error, string lease);

    [LoggerMessage(
        EventName = "lease.not_released",
        Level = LogLevel.Warning,
        Message = "{Lease} could not be given back; another process has it in a few seconds")]
    private static partial void LogNotReleased(ILogger logger, Exception error, string lease);
}
