using System.Collections.Concurrent;
using InstaMessenger.Hosting.Workers;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Bus;

/// <summary>
/// Brings consumers back within seconds of the broker's return. MassTransit doubles its wait for each failed connection, up to 30 s, goes
/// on counting in the next outage, and has no setting for it: a process that had seen a few outages left its queues alone for half a
/// minute. An endpoint that is started anew connects at once.
/// </summary>
internal sealed partial class ConsumerReconnect(QueueHandover handover, ILogger<ConsumerReconnect> logger)
    : Worker, IReceiveEndpointObserver
{
    /// <summary>
    /// Endpoints whose last attempt to connect has failed. One that is still trying is left alone, or it would never reach a slow broker.
    /// </summary>
    private readonly ConcurrentDictionary<IReceiveEndpoint, bool> _failed = new();

    public override string Name => "consumer-reconnect";

    public override TimeSpan Interval => TimeSpan.FromSeconds(2);

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        if (!handover.HasBegun) await Task.WhenAll(_failed.Keys.Select(endpoint => StartAnewAsync(endpoint, cancellationToken)));
        return NextRound.WhenWoken;
    }

    public Task Ready(ReceiveEndpointReady ready)
    {
        _failed.TryRemove(ready.ReceiveEndpoint, out _);
        return Task.CompletedTask;
    }

    public Task Faulted(ReceiveEndpointFaulted faulted)
    {
        _failed.TryAdd(faulted.ReceiveEndpoint, true);
        return Task.CompletedTask;
    }

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    private async Task StartAnewAsync(IReceiveEndpoint endpoint, CancellationToken stoppingToken)
    {
        _failed.TryRemove(endpoint, out _);
        try
        {
            await endpoint.Stop(stoppingToken);
            endpoint.Start(CancellationToken.None);
        }
        catch (Exception error) when (!stoppingToken.IsCancellationRequested)
        {
            // MassTransit still reconnects it, only later.
            LogFailed(logger, error, endpoint.InputAddress.AbsolutePath);
        }
    }

    [LoggerMessage(
        EventName = "consumer.not_restarted", Level = LogLevel.Warning, Message = "{Queue}: the consumer could not be started anew")]
    private static partial void LogFailed(ILogger logger, Exception error, string queue);
}
