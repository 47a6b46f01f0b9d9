using System.Security.Cryptography;
using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// A lease as a row on MySQL, which several processes see. <see cref="LeaseRenewals"/> keeps it. A process that is frozen or dead renews
/// nothing, and another has the lease a few seconds later. Each statement commits by itself, so nothing is left to roll back.
/// </summary>
internal sealed partial class SharedLease(
    string name, Func<DbContext> createContext, HeldLeases others, LeaseRenewals renewals, TimeProvider clock, ILogger logger) : ILease
{
    private static readonly string Take = $"UPDATE leases SET owner = {{0}}, token = token + 1, expires_at = {LeaseHold.EndsAt} "
        + $"WHERE name = {{1}} AND (owner = {{0}} OR expires_at <= {LeaseRow.Clock})";

    /// <summary>Never used twice, and tells operators which process it is; of 40 characters at most.</summary>
    private readonly string _owner = $"{Environment.ProcessId}/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12))}";

    private volatile LeaseHold? _hold;

    public string Name => name;

    public long Token { get; private set; }

    public bool IsHeld => _hold is { } hold && hold.IsHeld(clock);

    public async Task<bool> IsElsewhereAsync(CancellationToken cancellationToken) =>
        await others.OwnerOfAsync(name, cancellationToken) is { } owner && owner != _owner;

    public async Task<bool> TryTakeAsync(CancellationToken cancellationToken)
    {
        EndHold();
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
        (Token, _hold) = (taken.Token, new LeaseHold(name, _owner, taken.Token, asked));
        renewals.Add(_hold);
        return true;
    }

    public async Task ReleaseAsync()
    {
        EndHold();
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

    private Task<int> TakeAsync(DbContext db, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlRawAsync(Take, [_owner, name], cancellationToken);

    private void EndHold()
    {
        if (Interlocked.Exchange(ref _hold, null) is not { } hold) return;
        renewals.Remove(hold);
        hold.End();
    }

    [LoggerMessage(EventName = "lease.taken", Level = LogLevel.Information, Message = "{Lease} is this process's now, token {Token}")]
    private static partial void LogTaken(ILogger logger, string lease, long token);

    [LoggerMessage(
        EventName = "lease.not_released",
        Level = LogLevel.Warning,
        Message = "{Lease} could not be given back; another process has it in a few seconds")]
    private static partial void LogNotReleased(ILogger logger, Exception error, string lease);
}
