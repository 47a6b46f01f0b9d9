using Microsoft.Extensions.Diagnostics.HealthChecks;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace InstaMessenger.UiGateway.Proxy;

/// <summary>
/// Names the services of which no process is ready. Degraded, not unready: whoever stands in front of several gateways would take all of
/// them away, and with them the services that are there.
/// </summary>
internal sealed class ServicesCheck(IProxyStateLookup proxy) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var away = proxy.GetClusters().Where(IsAway).Select(cluster => cluster.ClusterId).Order(StringComparer.Ordinal).ToList();
        return Task.FromResult(away.Count == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded($"No process is ready of: {string.Join(", ", away)}."));
    }

    private static bool IsAway(ClusterState cluster) =>
        cluster.DestinationsState.AllDestinations.All(destination => destination.Health.Active == DestinationHealth.Unhealthy);
}
