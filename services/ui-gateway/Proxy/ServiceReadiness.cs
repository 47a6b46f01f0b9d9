using System.Collections.Concurrent;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace InstaMessenger.UiGateway.Proxy;

/// <summary>
/// Asks every process of every service each second whether it is ready. One that was told to stop says no and still serves, so nothing is
/// lost when requests go elsewhere from then on. When no process of a service is ready, all are tried: a wrong view of ours must not close
/// the door.
/// </summary>
internal sealed partial class ServiceReadiness(
    IDestinationHealthUpdater updater, TimeProvider clock, ILogger<ServiceReadiness> logger) : IActiveHealthCheckPolicy
{
    public const string PolicyName = "readiness";

    private readonly ConcurrentDictionary<string, long> _awaySince = new();

    public string Name => PolicyName;

    public static Yarp.ReverseProxy.Configuration.HealthCheckConfig Config { get; } = new()
    {
        AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyOrPanic,
        Active = new()
        {
            Enabled = true,
            Policy = PolicyName,
            Path = "/health/ready",
            Interval = TimeSpan.FromSeconds(1),
            Timeout = TimeSpan.FromSeconds(3),
        },
    };

    public void ProbingCompleted(ClusterState cluster, IReadOnlyList<DestinationProbingResult> probingResults)
    {
        var states = new List<NewActiveDestinationHealth>(probingResults.Count);
        foreach (var result in probingResults)
        {
            var isReady = result.Response is { IsSuccessStatusCode: true };
            var was = result.Destination.Health.Active;
            states.Add(
                new NewActiveDestinationHealth(result.Destination, isReady ? DestinationHealth.Healthy : DestinationHealth.Unhealthy));
            if (isReady && was == DestinationHealth.Unhealthy && _awaySince.TryRemove(result.Destination.DestinationId, out var since))
            {
                var seconds = (int)clock.GetElapsedTime(since).TotalSeconds;
                LogReady(logger, cluster.ClusterId, result.Destination.DestinationId, seconds);
            }

            if (!isReady) _awaySince.TryAdd(result.Destination.DestinationId, clock.GetTimestamp());
            if (!isReady && was != DestinationHealth.Unhealthy)
                LogNotReady(
                    logger,
                    cluster.ClusterId,
                    result.Destination.DestinationId,
                    result.Response is { } answer ? $"{(int)answer.StatusCode}" : result.Exception?.GetBaseException().Message);
        }

        updater.SetActive(cluster, states);
    }

    [LoggerMessage(
        EventName = "service.ready", Level = LogLevel.Information, Message = "{Service} at {Process} is ready after {Seconds} s")]
    private static partial void LogReady(ILogger logger, string service, string process, int seconds);

    [LoggerMessage(
        EventName = "service.not_ready",
        Level = LogLevel.Warning,
        Message = "{Service} at {Process} is not ready ({Reason}); requests go to others while there are any")]
    private static partial void LogNotReady(ILogger logger, string service, string process, string? reason);
}
