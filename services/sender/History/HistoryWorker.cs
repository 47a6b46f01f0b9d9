using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.History;

/// <summary>
/// Reads the threads of accounts, a page at a time: claim (committed), call, record. At most one call at a time is made for an account, and
/// two in a second, by all processes together: the row says when the next one may be made. It has no part in the pace of the sends.
/// </summary>
internal sealed partial class HistoryWorker(
    IDbContextFactory<SenderDbContext> factory, HistoryStep step, HistorySignal signal, TimeProvider clock, ILogger<HistoryWorker> logger)
    : Worker, IDisposable
{
    /// <summary>Accounts that are read at once. Read-backs and look-ups of profiles have places of their own.</summary>
    private const int MostAccounts = 16;

    /// <summary>How long an account whose step has failed here, not at Meta, is left alone.</summary>
    private static readonly TimeSpan FailedFor = TimeSpan.FromSeconds(5);

    private readonly Dictionary<AccountId, Task> _steps = [];
    private readonly CancellationTokenSource _stopped = new();
    private readonly Lock _lock = new();

    public override string Name => "sender.history";

    public override TimeSpan Interval => TimeSpan.FromSeconds(5);

    public override WakeSignal Signal => signal;

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        List<AccountId> busy;
        lock (_lock) busy = [.. _steps.Keys];
        // A step that ends wakes the worker.
        if (busy.Count >= MostAccounts) return NextRound.WhenWoken;
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var others = db.Set<HistoryRun>().AsNoTracking().Where(row => !busy.Contains(row.AccountId));
        // Whole rows, so that one that cannot be read is left out and not in the way of the others.
        var rows = await db.ReadableAsync(
            first => others.Where(row => row.DueAt <= now).OrderBy(row => row.DueAt).ThenBy(row => row.AccountId).Take(first),
            MostAccounts,
            cancellationToken);
        // Messages whose webhooks were lost come before what is long past.
        foreach (var run in rows.OrderBy(row => row.Purpose == HistoryPurpose.Import).DistinctBy(row => row.AccountId)
            .Take(MostAccounts - busy.Count)) Start(run);
        if (rows.Count > 0) return NextRound.WhenWoken;
        var next = await others.MinAsync(row => (DateTimeOffset?)row.DueAt, cancellationToken);
        return next is { } due && due - now < Interval ? NextRound.Within(due - now) : NextRound.WhenWoken;
    }

    public override async Task EndAsync(CancellationToken cancellationToken)
    {
        await _stopped.EndAsync();
        Task steps;
        lock (_lock) steps = Task.WhenAll(_steps.Values);
        await steps.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopped.Dispose();

    private void Start(HistoryRun run)
    {
        lock (_lock) _steps[run.AccountId] = Task.Run(() => StepAsync(run), CancellationToken.None);
    }

    private async Task StepAsync(HistoryRun run)
    {
        try
        {
            await step.TakeAsync(run.AccountId, run.Purpose, _stopped.Token);
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            // The next process goes on from the row.
        }
        catch (Exception error)
        {
            LogFailed(logger, error, run.AccountId);
            await Task.Delay(FailedFor, clock, _stopped.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            lock (_lock) _steps.Remove(run.AccountId);
            signal.Wake();
        }
    }

    [LoggerMessage(
        EventName = "history.failed",
        Level = LogLevel.Error,
        Message = "A page of the threads of {AccountId} failed here; it is read again")]
    private static partial void LogFailed(ILogger logger, Exception error, AccountId accountId);
}
