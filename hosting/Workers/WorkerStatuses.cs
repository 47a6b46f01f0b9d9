using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using InstaMessenger.Hosting.Telemetry;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace InstaMessenger.Hosting.Workers;

/// <summary>
/// All workers of the process, for metrics (<c>worker.lag</c>, <c>worker.failures</c>) and for readiness. A worker that keeps failing makes
/// the process degraded, not unready: what it serves it can still serve.
/// </summary>
internal sealed class WorkerStatuses(TimeProvider clock) : IHealthCheck
{
    /// <summary>Fewer failures in a row are a broker that restarts or a database that is moved.</summary>
    private const int WorryingFailures = 5;

    private static readonly ConcurrentDictionary<WorkerStatus, bool> OfThisProcess = new();
    private readonly ConcurrentQueue<WorkerStatus> _all = new();

    static WorkerStatuses()
    {
        Metrics.Meter.CreateObservableGauge(
            "worker.lag", () => Read(status => status.Lag.TotalSeconds), "s", "Since the last round that went well.");
        Metrics.Meter.CreateObservableGauge(
            "worker.interval", () => Read(status => status.Interval.TotalSeconds), "s", "The longest sleep between two rounds.");
        Metrics.Meter.CreateObservableGauge(
            "worker.failures", () => Read(status => status.Failures), "{round}", "Rounds that failed one after the other.");
        Metrics.Meter.CreateObservableGauge(
            "worker.stuck_rows", () => Read(status => status.StuckRows), "{row}", "Rows that fail and could not be set aside.");
    }

    public WorkerStatus Add(string name, TimeSpan interval = default)
    {
        var status = new WorkerStatus(name, interval, clock);
        _all.Enqueue(status);
        OfThisProcess.TryAdd(status, true);
        return status;
    }

    public static void Remove(WorkerStatus status) => OfThisProcess.TryRemove(status, out _);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var worrying = _all.Where(status => status.Failures >= WorryingFailures || status.StuckRows > 0).Select(Describe).ToList();
        return Task.FromResult(worrying.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(string.Join("; ", worrying)));
    }

    private static string Describe(WorkerStatus status) => status.StuckRows > 0
        ? $"{status.Name}: {status.StuckRows} rows fail and could not be set aside"
        : $"{status.Name}: {status.Failures} rounds failed, the last good one was {status.Lag.TotalSeconds:0} s ago";

    private static IEnumerable<Measurement<double>> Read(Func<WorkerStatus, double> value) =>
        OfThisProcess.Keys.Select(
            status => new Measurement<double>(value(status), new KeyValuePair<string, object?>("worker", status.Name)));
}
