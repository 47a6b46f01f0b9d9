using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace InstaMessenger.Ingress.Journaling;

/// <summary>
/// Ready means that a webhook can be kept. The broker is not asked: without it the journal fills, and that is what it is for.
/// </summary>
internal sealed class JournalCheck(Journal journal) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await journal.ProbeAsync();
            return HealthCheckResult.Healthy();
        }
        catch (Exception error)
        {
            return HealthCheckResult.Unhealthy(
                "The journal (ingress.db) takes no row: full, read-only, locked, or its disk does not answer.", error);
        }
    }
}
