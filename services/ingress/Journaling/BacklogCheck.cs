using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace InstaMessenger.Ingress.Journaling;

/// <summary>
/// Reports how much waits for the bus once it has waited for long. Degraded, not unready: webhooks are still kept, and Meta must not be
/// turned away because of what is behind the journal.
/// </summary>
internal sealed class BacklogCheck(JournalGauges gauges) : IHealthCheck
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (rows, age) = (gauges.Read(JournalGauges.Backlog) ?? 0, gauges.Read(JournalGauges.BacklogAge) ?? 0);
        return Task.FromResult(age < Long.TotalSeconds
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded(string.Create(CultureInfo.InvariantCulture, $"{rows} webhooks are kept and not on the bus yet; "
                + $"the oldest came {age:0} s ago.")));
    }
}
