using InstaMessenger.Hosting.Logs;
using InstaMessenger.Hosting.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Workers;

/// <summary>
/// Runs a worker's rounds one after the other as long as the process lives. When the process stops, the loop lets the round in hand end
/// while bus and database still work: cut off, it would leave work done but not marked, and the next process would do that work once more.
/// </summary>
internal sealed partial class WorkerLoop<TWorker>(
    TWorker worker, WorkerStatuses statuses, Outage outage, TimeProvider clock, ILogger<TWorker> logger)
    : BackgroundService, IHostedLifecycleService
    where TWorker : Worker
{
    /// <summary>
    /// How often a process that waits for the lease asks again. Together with the lease's own few seconds, that is how long a dead process
    /// is missed.
    /// </summary>
    private static readonly TimeSpan StandByEvery = TimeSpan.FromSeconds(1);

    /// <summary>A single failure may be a moment's bad luck.</summary>
    private const int ToldFrom = 3;

    /// <summary>
    /// Reached after about half a minute. Whoever watches the database or the broker tells at once that it is away; were each worker to
    /// tell it too, the log of an outage would grow with every worker that we add.
    /// </summary>
    private const int ToldOfOutageFrom = 10;

    private readonly WorkerStatus _status = statuses.Add(worker.Name, worker.Interval);
    private readonly CancellationTokenSource _lastRound = new();
    private readonly CancellationTokenSource _drained = new();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await worker.BeginAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _lastRound.EndAsync();
        if (ExecuteTask is not { } loop) return;
        await loop.WaitAsync(worker.Drain, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _drained.EndAsync();
        await loop.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await worker.EndAsync(cancellationToken);
        }
        catch (Exception error)
        {
            // The others must end as well, and the process with an exit code that says nothing is wrong with it.
            LogEndFailed(logger, error, worker.Name);
        }

        if (worker.Lease is { IsHeld: true } lease) await lease.ReleaseAsync();
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Dispose()
    {
        WorkerStatuses.Remove(_status);
        base.Dispose();
        _lastRound.Dispose();
        _drained.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, _lastRound.Token);
        using var cutOff = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, _drained.Token);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (await RunOnceAsync(stopping.Token, cutOff.Token)) continue;
                // Its lag would grow from here on as if it were stuck.
                WorkerStatuses.Remove(_status);
                return;
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (LeaseLostException error)
            {
                LogLeaseLost(logger, worker.Name, error.Message);
            }
            catch (Exception error)
            {
                var failures = _status.Failed();
                Metrics.WorkerRound(worker.Name, good: false);
                if (!worker.FailsQuietly && failures >= (outage.Is(error) ? ToldOfOutageFrom : ToldFrom))
                    LogFailed(logger, error, worker.Name, failures);
                var wait = Backoff.After(failures, worker.LongestBackoff, Random.Shared.NextDouble());
                await Task.Delay(wait, clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Runs one round, if this process may, and then sleeps.</summary>
    /// <returns>False when there will never be another round.</returns>
    private async Task<bool> RunOnceAsync(CancellationToken stopping, CancellationToken cutOff)
    {
        if (worker.Lease is { IsHeld: false } lease && (await lease.IsElsewhereAsync(stopping) || !await lease.TryTakeAsync(stopping)))
        {
            _status.Succeeded();
            // It does not wait for the signal: each commit of this process would then ask for a lease that another has.
            await Task.Delay(StandByEvery, clock, stopping);
            return true;
        }

        // Real time, whatever the clock, because a gap spares the processor.
        var began = TimeProvider.System.GetTimestamp();
        var next = await worker.RoundAsync(cutOff);
        if (_status.Failures > 0 && !worker.FailsQuietly) LogRecovered(logger, worker.Name, _status.Failures);
        _status.Succeeded();
        _status.Stuck(worker.StuckRows);
        Metrics.WorkerRound(worker.Name, good: true);
        if (next.IsLast) return false;
        if (!next.AtOnce) await SleepAsync(next.Longest ?? worker.Interval, stopping);
        var early = next.Gap - TimeProvider.System.GetElapsedTime(began);
        if (early > TimeSpan.Zero) await Task.Delay(early, TimeProvider.System, stopping);
        return true;
    }

    private Task SleepAsync(TimeSpan longest, CancellationToken stopping) =>
        worker.Signal is { } signal ? signal.SleepAsync(longest, clock, stopping) : Task.Delay(longest, clock, stopping);

    [LoggerMessage(
        EventName = "worker.failed",
        Level = LogLevel.Warning,
        Message = "{Worker}: a round failed (failure {Failures} in a row); it is tried again")]
    private static partial void LogFailed(ILogger logger, Exception error, string worker, int failures);

    // Readiness and the gauge of failures say so too; after an outage each of twenty workers would write a line.
    [LoggerMessage(
        EventName = "worker.recovered", Level = LogLevel.Debug, Message = "{Worker}: works again after {Failures} failures")]
    private static partial void LogRecovered(ILogger logger, string worker, int failures);

    [LoggerMessage(
        EventName = "worker.end_failed",
        Level = LogLevel.Warning,
        Message = "{Worker}: did not end well; what it left is found at the next start")]
    private static partial void LogEndFailed(ILogger logger, Exception error, string worker);

    [LoggerMessage(EventName = "worker.lease_lost", Level = LogLevel.Warning, Message = "{Worker}: nothing was marked. {Reason}")]
    private static partial void LogLeaseLost(ILogger logger, string worker, string reason);
}
