using MassTransit;
using Microsoft.Extensions.Hosting;

namespace InstaMessenger.Hosting.Bus;

/// <summary>
/// Lets a stop wait until the bus has started. MassTransit's own stop does nothing to a bus that is still starting: its first queues are
/// consumed already, and go on being consumed behind the stop, by handlers whose services are gone. Each bundle then fails and comes again,
/// fifty times in a second, and the broker's delivery limit takes it out of the queue.
/// </summary>
internal sealed class BusStart : IBusObserver, IHostedLifecycleService
{
    /// <summary>
    /// With a broker there a start takes a second; without one it never ends, nothing is consumed, and the process ends all the same.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>MassTransit tells its observers a moment before a stop has effect.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (_started.Task.IsCompleted) return;
        await _started.Task.WaitAsync(Patience, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.Delay(Moment, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task PostStart(IBus bus, Task<BusReady> busReady)
    {
        _started.TrySetResult();
        return Task.CompletedTask;
    }

    public void PostCreate(IBus bus)
    {
    }

    public void CreateFaulted(Exception exception)
    {
    }

    public Task PreStart(IBus bus) => Task.CompletedTask;

    public Task StartFaulted(IBus bus, Exception exception) => Task.CompletedTask;

    public Task PreStop(IBus bus) => Task.CompletedTask;

    public Task PostStop(IBus bus) => Task.CompletedTask;

    public Task StopFaulted(IBus bus, Exception exception) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
