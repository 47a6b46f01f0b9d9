using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Sending;

namespace InstaMessenger.Sender.Downloads;

/// <summary>
/// Fetches attachments, several at once and few of each account, so that an account whose links hang slows no other. Any number of
/// processes do so: each row is one process's by its claim.
/// </summary>
internal sealed partial class DownloadWorker(
    DownloadClaims claims,
    MediaDownload download,
    UnreadableDownloads unreadable,
    DownloadSignal signal,
    DatabaseFile<SenderDbContext> database,
    TimeProvider clock,
    ILogger<DownloadWorker> logger) : Worker, IDisposable
{
    internal const int MostPerAccount = 8;

    private const int MostAtOnce = 32;

    /// <summary>
    /// A look for what is due may walk over all that waits for an account that has its share already, so looks are not made for each
    /// download that ends. Meanwhile those under way go on.
    /// </summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a place rests when a download failed on this side, and not on the server that has the attachment.</summary>
    private static readonly TimeSpan Rests = TimeSpan.FromSeconds(5);

    private readonly Dictionary<long, (AccountId Account, Task Task)> _running = [];
    private readonly CancellationTokenSource _stopped = new();
    private readonly Lock _gate = new();

    public override string Name => "sender.downloads";

    public override TimeSpan Interval => TimeSpan.FromSeconds(1);

    public override WakeSignal Signal => signal;

    /// <summary>On SQLite the process owns the file, so every claim is one of a dead process.</summary>
    public override Task BeginAsync(CancellationToken cancellationToken) =>
        database.Path is null ? Task.CompletedTask : claims.FreeAllAsync(cancellationToken);

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        Dictionary<AccountId, int> room;
        int free;
        lock (_gate)
        {
            room = _running.Values.GroupBy(run => run.Account).ToDictionary(runs => runs.Key, runs => MostPerAccount - runs.Count());
            free = MostAtOnce - _running.Count;
        }

        if (free == 0) return NextRound.WhenWoken;
        try
        {
            var claimed = await claims.ClaimAsync(free, room, MostPerAccount, cancellationToken);
            foreach (var row in claimed) Start(row);
            return claimed.Count > 0 ? NextRound.Now : NextRound.WhenWoken.NotSoonerThan(BetweenLooks);
        }
        catch (Exception error) when (UnreadableRows.IsCause(error))
        {
            await unreadable.RemoveAsync(cancellationToken);
            return NextRound.Now;
        }
    }

    public override async Task EndAsync(CancellationToken cancellationToken)
    {
        await _stopped.EndAsync();
        Task running;
        lock (_gate) running = Task.WhenAll(_running.Values.Select(run => run.Task));
        await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopped.Dispose();

    private void Start(Download row)
    {
        lock (_gate) _running[row.Sequence] = (row.AccountId, Task.Run(() => RunAsync(row), CancellationToken.None));
    }

    private async Task RunAsync(Download row)
    {
        try
        {
            await claims.RecordAsync(row, await download.FetchAsync(row.Url, row.MediaType, row.File, _stopped.Token));
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            await ReleaseAsync(row);
        }
        catch (Exception error)
        {
            // The claim ends by itself.
            TellFailed(row, error);
            await Task.Delay(Rests, clock, _stopped.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            lock (_gate) _running.Remove(row.Sequence);
            signal.Wake();
        }
    }

    private async Task ReleaseAsync(Download row)
    {
        try
        {
            await claims.ReleaseAsync(row);
        }
        catch (Exception error)
        {
            TellFailed(row, error);
        }
    }

    /// <summary>A database that is away says so itself, once; in its outage each file in hand would be an error of its own.</summary>
    private void TellFailed(Download row, Exception error)
    {
        if (!DatabaseErrors.IsUnavailable(error)) LogFailed(logger, error, row.File, row.Owner, row.AccountId);
    }

    [LoggerMessage(
        EventName = "download.failed",
        Level = LogLevel.Error,
        Message = "The download of {File} ({Owner}) of {AccountId} failed here; it is repeated once its claim is over")]
    private static partial void LogFailed(
        ILogger logger, Exception error, MediaFile file, string owner, AccountId accountId);
}
