using System.Collections.Concurrent;
using InstaMessenger.Hosting.Telemetry;
using InstaMessenger.Hosting.Workers;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Bus;

/// <summary>
/// Tells whether the broker answers, by the connections of the endpoints and by whether publishes are confirmed. A process that consumes
/// nothing, like ingress, knows from its first publish on.
/// </summary>
internal sealed class BrokerWatch(IBusControl bus, TimeProvider clock, ILogger<BrokerWatch> logger) : Worker, IReceiveEndpointObserver
{
    /// <summary>A broker that confirmed a publish this recently is there, even if MassTransit has not made a connection anew yet.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Endpoints whose connection broke, and why. MassTransit's own health goes on naming an endpoint after it was started anew.
    /// </summary>
    private readonly ConcurrentDictionary<Uri, string> _broken = new();

    private volatile string? _notConfirmed;
    private long _confirmedAt;

    public Dependency Broker { get; } = new("the broker", clock, logger);

    public override string Name => "bus.broker-watch";

    public override TimeSpan Interval => TimeSpan.FromSeconds(1);

    public override Task BeginAsync(CancellationToken cancellationToken)
    {
        bus.ConnectReceiveEndpointObserver(this);
        return Task.CompletedTask;
    }

    public override Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        if (Reason() is { } reason) Broker.Away(reason);
        else Broker.Back();
        return Task.FromResult(NextRound.WhenWoken);
    }

    /// <summary>A publish was confirmed.</summary>
    public void Confirmed()
    {
        _notConfirmed = null;
        Interlocked.Exchange(ref _confirmedAt, clock.GetTimestamp());
    }

    /// <summary>A publish failed; its relay tries again within seconds.</summary>
    public void NotConfirmed(Exception error) =>
        _notConfirmed = error is OperationCanceledException ? "a publish was not confirmed in time" : error.GetBaseException().Message;

    public Task Ready(ReceiveEndpointReady ready)
    {
        _broken.TryRemove(ready.InputAddress, out _);
        return Task.CompletedTask;
    }

    public Task Faulted(ReceiveEndpointFaulted faulted)
    {
        _broken[faulted.InputAddress] = faulted.Exception?.GetBaseException().Message ?? "the connection broke";
        return Task.CompletedTask;
    }

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    private string? Reason()
    {
        if (_notConfirmed is { } reason) return reason;
        if (Interlocked.Read(ref _confirmedAt) is var at and not 0 && clock.GetElapsedTime(at) < Lately) return null;
        return _broken.Values.FirstOrDefault();
    }
}
