using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.Hosting;

namespace InstaMessenger.Hosting.Bus;

/// <summary>
/// Hands the queues over to another process in order, when this one is told to stop. MassTransit cancels its consumers first and then waits
/// for what they have in hand; but with the cancellation the broker gives the queue to the next process, which would pass the bundles that
/// are in hand here. A channel that closes gives them back in the same moment.
/// </summary>
internal sealed class QueueHandover(IEnumerable<BusSubscription> subscriptions) : IHostedLifecycleService, IReceiveEndpointObserver
{
    /// <summary>How long what is being handled, and the stop of the consumers, may take; a bundle takes some 10 ms.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>MassTransit has heard from the broker by then, or the broker from it.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<IReceiveEndpoint, bool> _endpoints = new();

    /// <summary>Whether nothing may be consumed here any more.</summary>
    public bool HasBegun { get; private set; }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        HasBegun = true;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        await Task.WhenAll(subscriptions.Select(subscription => subscription.HandOverAsync(patience.Token)));
        // MassTransit hears of it, and opens channels anew until it is stopped; another process stands before them at the queue by then.
        await Task.Delay(Moment, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var stops = Task.WhenAll(_endpoints.Keys.Select(endpoint => endpoint.Stop(cancellationToken)));
        await Task.WhenAny(stops, Task.Delay(Moment, TimeProvider.System, cancellationToken));
        foreach (var subscription in subscriptions) subscription.LetGo();
        // MassTransit's own stop waits for the rest. Without a broker an endpoint may take all the time that the process has to end.
        await stops.WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task Ready(ReceiveEndpointReady ready)
    {
        _endpoints.TryAdd(ready.ReceiveEndpoint, true);
        return Task.CompletedTask;
    }

    public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
