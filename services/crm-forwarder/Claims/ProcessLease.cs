using System.Security.Cryptography;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Claims;

/// <summary>
/// Tells the other processes on the database that this one lives. One row covers everything that it owns, so that owning costs no write for
/// each endpoint. On SQLite there are no others, and nothing is told.
/// </summary>
internal sealed class ProcessLease(
    IUnitOfWork<CrmForwarderDbContext> unitOfWork, DatabaseFile<CrmForwarderDbContext> database, TimeProvider clock)
{
    /// <summary>The claim of a process that has its database to itself: it holds for ever.</summary>
    public const string Alone = "";

    /// <summary>A process that was silent for this long is taken for dead.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a renewal lets this process begin posts: shorter than <see cref="Lasts"/> by how far two machines' clocks may differ.
    /// </summary>
    private static readonly TimeSpan SafeFor = TimeSpan.FromSeconds(7);

    private volatile Renewal? _last;

    /// <summary>Whether other processes may work on this database.</summary>
    public bool IsShared => database.Path is null;

    /// <summary>The id by which the others know this process; null before it has told them.</summary>
    public string? Id => _last?.Id;

    /// <summary>
    /// The claim under which this process may begin a post now; null while others may have taken over what it owns, as in a process that
    /// was frozen and has just woken up.
    /// </summary>
    public string? Claim => !IsShared ? Alone : _last is { } last && IsFresh(last) ? last.Id : null;

    /// <summary>Renews the lease, and buries processes whose lease is over: only after that may others take what they owned.</summary>
    /// <returns>False when this process had been buried: it owns nothing any more, and has a new id.</returns>
    public async Task<bool> RenewAsync(CancellationToken cancellationToken)
    {
        var (last, at, stamp) = (_last, clock.GetUtcNow(), clock.GetTimestamp());
        var until = at + Lasts;
        var lives = last is not null && await unitOfWork.ExecuteAsync(
            async scope => await scope.Db.Processes.Where(row => row.Id == last.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.Until, until)) == 1,
            cancellationToken);
        var id = lives ? last!.Id : NewId();
        if (!lives)
        {
            await unitOfWork.ExecuteAsync(
                scope =>
                {
                    scope.Db.Add(new ForwarderProcess { Id = id, Until = until });
                    return Task.CompletedTask;
                },
                cancellationToken);
        }

        _last = new Renewal(id, at, stamp);
        await unitOfWork.ExecuteAsync(scope => scope.Db.Processes.Where(row => row.Until < at).ExecuteDeleteAsync(), cancellationToken);
        return lives || last is null;
    }

    /// <summary>Frees everything at once, for the others to take.</summary>
    public async Task LeaveAsync()
    {
        if (Id is not { } id) return;
        _last = null;
        await unitOfWork.ExecuteAsync(scope => scope.Db.Processes.Where(row => row.Id == id).ExecuteDeleteAsync());
    }

    private bool IsFresh(Renewal last) => clock.GetElapsedTime(last.Stamp) < SafeFor && (clock.GetUtcNow() - last.At).Duration() < SafeFor;

    /// <summary>Never used twice, and tells operators which process it is.</summary>
    private static string NewId() =>
        $"{Environment.MachineName[..Math.Min(Environment.MachineName.Length, 60)]}:{Environment.ProcessId}:"
        + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <param name="Id">The id under which the process renewed.</param>
    /// <param name="At">When the renewal was begun (UTC).</param>
    /// <param name="Stamp">The same moment on the monotonic clock, which nobody sets.</param>
    private sealed record Renewal(string Id, DateTimeOffset At, long Stamp);
}
