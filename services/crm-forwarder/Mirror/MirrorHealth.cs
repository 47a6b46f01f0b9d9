using InstaMessenger.Hosting.Telemetry;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>What is known of the CRM's database. Without it the product is degraded, not unready: only the mirror waits.</summary>
internal sealed partial class MirrorHealth(TimeProvider clock, ILogger<MirrorHealth> logger) : IHealthCheck
{
    private readonly Dependency _server = new("the CRM's database of the mirror", clock, logger);
    private volatile string? _refused;

    public void Well()
    {
        _server.Back();
        if (Interlocked.Exchange(ref _refused, null) is not null) LogTaken(logger);
    }

    public void Away(string reason) => _server.Away(reason);

    public void Refused(MirrorRefusedException refused)
    {
        _server.Back();
        if (Interlocked.Exchange(ref _refused, refused.Message) != refused.Message) LogRefused(logger, refused.ForLog);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        _refused is { } why
            ? Task.FromResult(HealthCheckResult.Degraded($"The mirror is not written. {why}"))
            : _server.CheckHealthAsync(context, cancellationToken);

    [LoggerMessage(
        EventName = "mirror.refused", Level = LogLevel.Error,
        Message = "The CRM's mirror is not written, everything else goes on. {Why}")]
    private static partial void LogRefused(ILogger logger, string why);

    [LoggerMessage(EventName = "mirror.taken", Level = LogLevel.Information, Message = "The CRM's mirror is written again")]
    private static partial void LogTaken(ILogger logger);
}
