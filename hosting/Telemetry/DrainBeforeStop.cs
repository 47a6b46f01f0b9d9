using Microsoft.Extensions.Hosting;

namespace InstaMessenger.Hosting.Telemetry;

/// <summary>
/// Goes on serving for a moment after the process was told to stop, when somebody watches its readiness. The watcher sees that it is not
/// ready and sends requests elsewhere before the door closes. Without this a rolling restart answered hundreds of requests with 502.
/// </summary>
internal sealed class DrainBeforeStop(Readiness readiness) : IHostedLifecycleService
{
    /// <summary>The gateway asks every second.</summary>
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Waits in real time, whatever the clock, because it waits for another process.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) =>
        readiness.WasAskedWithin(Watched) ? Task.Delay(Wait, TimeProvider.System, cancellationToken) : Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
