using InstaMessenger.Hosting.Telemetry;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Bus;

/// <summary>Knows whether the broker answers: by MassTransit's connection, and by whether publishes are confirmed.</summary>
internal sealed class BrokerWatch(
    IBusControl bus, ConsumerReconnect reconnect, TimeProvider clock, ILogger<BrokerWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>A broker that confirmed so lately is there, whatever a connection that MassTransit has not made anew yet says.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(10);

    private volatile string? _notConfirmed;
    private long _confirmedAt;

    public Dependency Broker { get; } = new("the broker", clock, logger);

    /// <summary>A publish was confirmed.</summary>
    public void Confirmed()
    {
        _notConfirmed = null;
        Interlocked.Exchange(ref _confirmedAt, clock.GetTimestamp());
    }

    /// <summary>A publish failed; its relay tries again within seconds.</summary>
    public void NotConfirmed(Exception error) =>
        _notConfirmed = error is OperationCanceledException ? "a publish was not confirmed in time" : error.GetBaseException().Message;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Also the endpoint that consumes nothing, by which a process that only publishes knows.
        bus.ConnectReceiveEndpointObserver(reconnect);
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (Reason() is { } reason) Broker.Away(reason);
            else Broker.Back();
        }
    }

    private string? Reason()
    {
        if (_notConfirmed is { } reason) return reason;
        if (Interlocked.Read(ref _confirmedAt) is var at and not 0 && clock.GetElapsedTime(at) < Lately) return null;
        var health = bus.CheckHealth();
        return health.Status == BusHealthStatus.Healthy ? null : health.Description;
    }
}
