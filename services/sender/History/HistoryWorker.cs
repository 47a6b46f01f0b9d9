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

    private readonly BesideRounds<AccountId> _steps = new();

    public override string Name => "sender.history";

    public override TimeSpan Interval => TimeSpan.FromSeconds(5);

    public override WakeSignal Signal => signal;

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        var busy = _steps.Busy;
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
            .Take(MostAccounts - busy.Count)) _steps.Start(run.AccountId, stopped => StepAsync(run, stopped), signal.Wake);
        if (rows.Count > 0) return NextRound.WhenWoken;
        // Only of the time that counts: a due time out of range would fail the round.
        var soon = now + Interval;
        var next = await others.Where(row => row.DueAt > now && row.DueAt < soon)
            .MinAsync(row => (DateTimeOffset?)row.DueAt, cancellationToken);
        return next is { } due ? NextRound.Within(due - now) : NextRound.WhenWoken;
    }

    public override Task EndAsync(CancellationToken cancellationToken) => _steps.EndAsync(cancellationToken);

    public void Dispose() => _steps.Dispose();

    private async Task StepAsync(HistoryRun run, CancellationToken stopped)
    {
        try
        {
            await step.TakeAsync(run.AccountId, run.Purpose, stopped);
        }
        catch (Exception error) when (error is not OperationCanceledException || !stopped.IsCancellationRequested)
        {
            // A database that is away says so itself, once, and not for each account.
            if (!DatabaseErrors.IsUnavailable(error)) LogFailed(logger, error, run.AccountId);
            await Task.Delay(FailedFor, clock, stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(
        EventName = "history.failed",
        Level = LogLevel.Error,
        Message = "A page of the threads of {AccountId} failed here; it is read again")]
    private static partial void LogFailed(ILogger logger, Exception error, AccountId accountId);
}
