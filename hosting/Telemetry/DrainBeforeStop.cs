using Microsoft.Extensions.Hosting;

namespace InstaMessenger.Hosting.Telemetry;

/// <summary>
/// Goes on serving for a moment after the process was told to stop, if somebody watches its readiness. The watcher sees that it is not
/// ready and sends requests elsewhere before it stops listening. Without this a rolling restart answered hundreds of requests with 502.
/// </summary>
internal sealed class DrainBeforeStop(Readiness readiness) : IHostedLifecycleService
{
    /// <summary>The gateway asks every second; a balancer may ask every half minute, and on a busy machine each asks late.</summary>
    internal static readonly TimeSpan Watched = TimeSpan.FromSeconds(35);

    /// <summary>A watcher that has seen that the process is not ready has at least this much time to act on it.</summary>
    internal static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    /// <summary>How long a late watcher is waited for. The rest of the time to stop is for requests that the process has in hand.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3.5);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (!readiness.WasAskedWithin(Watched)) return;
        var (time, began) = (readiness.WatchersTime, readiness.WatchersTime.GetTimestamp());
        await Task.Delay(Wait, time, cancellationToken);
        while (time.GetElapsedTime(began) is var waited && waited < LongestWait && !readiness.WasAskedWithin(waited))
            await Task.Delay(Step, time, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
