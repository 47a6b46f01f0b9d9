using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Workers;

/// <summary>
/// A worker that finds rows and handles them. Rows that fail together are tried alone, so a rotten one never stops the others. It is set
/// aside once it has failed alone three times, at least ten seconds apart, while the database was well.
/// </summary>
/// <typeparam name="TKey">What names a row: its key. The handling reads the row itself, in its own transaction.</typeparam>
/// <param name="clock">Measures the time between two attempts.</param>
/// <param name="logger">Logs each row that fails.</param>
public abstract partial class RowWorker<TKey>(TimeProvider clock, ILogger logger) : Worker
    where TKey : notnull
{
    /// <summary>Failures alone before a row counts as rotten: one may be a deadlock, a cut connection, a process that was killed.</summary>
    private const int MostFailures = 3;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    /// <summary>The worker's metrics look at it while a round changes it.</summary>
    private readonly ConcurrentDictionary<TKey, Suspect> _suspects = new();

    /// <summary>Rows that could not be set aside are tried again for ever, beside the others.</summary>
    internal override int StuckRows => _suspects.Values.Count(suspect => suspect.Failures > MostFailures);

    /// <summary>How many rows one transaction handles.</summary>
    protected virtual int RowsPerRound => 100;

    /// <inheritdoc/>
    public sealed override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetTimestamp();
        var waiting = _suspects.Where(pair => clock.GetElapsedTime(pair.Value.FailedAt, now) < RetryAfter).Select(pair => pair.Key)
            .ToHashSet();
        var rows = await FindAsync(waiting, RowsPerRound, cancellationToken);
        if (rows.Count < RowsPerRound) ForgetAllBut([.. waiting, .. rows]);
        var suspects = rows.Where(_suspects.ContainsKey).ToList();
        var others = suspects.Count == 0 ? rows : [.. rows.Where(row => !_suspects.ContainsKey(row))];
        await HandleTogetherAsync(others, cancellationToken);
        foreach (var row in suspects) await HandleAloneAsync(row, cancellationToken);
        return rows.Count == RowsPerRound ? NextRound.Now : !_suspects.IsEmpty ? NextRound.Within(RetryAfter) : NextRound.WhenWoken;
    }

    /// <summary>Finds rows that are due, without a transaction.</summary>
    /// <param name="except">Rows that failed a moment ago; they must not come again, or they would take the places of others.</param>
    /// <param name="limit">How many rows, at most.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>Their keys, in the order in which they are handled.</returns>
    protected abstract Task<IReadOnlyList<TKey>> FindAsync(
        IReadOnlyCollection<TKey> except, int limit, CancellationToken cancellationToken);

    /// <summary>Handles rows in one transaction. They may have been handled meanwhile by another process, which is no error.</summary>
    /// <param name="rows">1 to <see cref="RowsPerRound"/> rows.</param>
    /// <param name="cancellationToken">Ends the handling.</param>
    /// <returns>Completes once they are committed.</returns>
    protected abstract Task HandleAsync(IReadOnlyList<TKey> rows, CancellationToken cancellationToken);

    /// <summary>Puts a rotten row where people see it and rounds do not.</summary>
    /// <param name="error">Why it failed. Its message may quote a customer.</param>
    /// <param name="cancellationToken">Ends the write.</param>
    /// <returns>Completes once that is committed.</returns>
    protected abstract Task SetAsideAsync(TKey row, Exception error, CancellationToken cancellationToken);

    /// <summary>Forgets suspects that are not found any more: another process has handled them, or they are not due any more.</summary>
    private void ForgetAllBut(HashSet<TKey> known)
    {
        foreach (var row in _suspects.Keys.Where(row => !known.Contains(row)).ToList()) _suspects.TryRemove(row, out _);
    }

    private async Task HandleTogetherAsync(IReadOnlyList<TKey> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0) return;
        if (rows.Count == 1)
        {
            await HandleAloneAsync(rows[0], cancellationToken);
            return;
        }

        try
        {
            await HandleAsync(rows, cancellationToken);
        }
        catch (Exception error) when (error is not LeaseLostException && !cancellationToken.IsCancellationRequested)
        {
            foreach (var row in rows) await HandleAloneAsync(row, cancellationToken);
        }
    }

    private async Task HandleAloneAsync(TKey row, CancellationToken cancellationToken)
    {
        try
        {
            await HandleAsync([row], cancellationToken);
            _suspects.TryRemove(row, out _);
        }
        catch (Exception error) when (error is not LeaseLostException && !cancellationToken.IsCancellationRequested)
        {
            await SuspectAsync(row, error, cancellationToken);
        }
    }

    /// <summary>
    /// Counts the failure against the row only if the database answers right after it; else this throws, and the round as a whole has
    /// failed.
    /// </summary>
    private async Task SuspectAsync(TKey row, Exception error, CancellationToken cancellationToken)
    {
        await FindAsync([], 1, cancellationToken);
        var failures = (_suspects.GetValueOrDefault(row)?.Failures ?? 0) + 1;
        _suspects[row] = new Suspect(failures, clock.GetTimestamp());
        LogRowFailed(logger, error, Name, row, failures);
        if (failures < MostFailures) return;
        try
        {
            await SetAsideAsync(row, error, cancellationToken);
            _suspects.TryRemove(row, out _);
            LogSetAside(logger, Name, row);
        }
        catch (Exception second) when (second is not LeaseLostException && !cancellationToken.IsCancellationRequested)
        {
            LogNotSetAside(logger, second, Name, row);
        }
    }

    private sealed record Suspect(int Failures, long FailedAt);

    [LoggerMessage(
        EventName = "worker.row_failed",
        Level = LogLevel.Warning,
        Message = "{Worker}: row {Row} failed alone (failure {Failures}); the others go on")]
    private static partial void LogRowFailed(ILogger logger, Exception error, string worker, TKey row, int failures);

    [LoggerMessage(
        EventName = "worker.row_set_aside", Level = LogLevel.Error, Message = "{Worker}: row {Row} always fails and was set aside")]
    private static partial void LogSetAside(ILogger logger, string worker, TKey row);

    [LoggerMessage(
        EventName = "worker.row_stuck",
        Level = LogLevel.Error,
        Message = "{Worker}: row {Row} always fails and could not be set aside; it is tried again for ever")]
    private static partial void LogNotSetAside(ILogger logger, Exception error, string worker, TKey row);
}
