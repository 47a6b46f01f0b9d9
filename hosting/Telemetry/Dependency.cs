using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Telemetry;

/// <summary>
/// What is known about something that the process needs and does not own: the broker, a database. Its outage is reported when it begins,
/// once a minute while it lasts, and when it ends. It makes the process degraded, not unready: it is away for all processes alike, and none
/// could serve in another's place.
/// </summary>
/// <param name="name">Words for people, like <c>the broker</c>.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="logger">Logs each change.</param>
public sealed partial class Dependency(string name, TimeProvider clock, ILogger logger) : IHealthCheck
{
    /// <summary>Shorter absences are no outage: a process restarts, or a connection is made anew.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private DateTimeOffset? _since;
    private DateTimeOffset? _toldAt;

    /// <summary>Notes that it did not answer.</summary>
    /// <param name="reason">Why, for the log; it may name hosts and users.</param>
    public void Away(string reason)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            _since ??= now;
            if (now - _since < Grace || now - _toldAt < TellEvery) return;
            _toldAt = now;
            var seconds = Seconds(now);
            LogAway(logger, name, seconds, reason);
        }
    }

    /// <summary>Notes that it answered.</summary>
    public void Back()
    {
        if (_since is null) return;
        lock (_gate)
        {
            var (wasTold, seconds) = (_toldAt is not null, _since is null ? 0 : Seconds(clock.GetUtcNow()));
            (_since, _toldAt) = (null, null);
            if (wasTold) LogBack(logger, name, seconds);
        }
    }

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            // Anybody may ask for the health, so it does not give the reason.
            return Task.FromResult(_since is { } since && clock.GetUtcNow() - since >= Grace
                ? HealthCheckResult.Degraded(
                    string.Create(CultureInfo.InvariantCulture, $"No answer from {name} since {since:yyyy-MM-dd'T'HH:mm:ss'Z'}."))
                : HealthCheckResult.Healthy());
        }
    }

    private int Seconds(DateTimeOffset now) => (int)(now - _since!.Value).TotalSeconds;

    [LoggerMessage(EventName = "dependency.away", Level = LogLevel.Warning, Message = "No answer from {Name} for {Seconds} s: {Reason}")]
    private static partial void LogAway(ILogger logger, string name, int seconds, string reason);

    [LoggerMessage(EventName = "dependency.back", Level = LogLevel.Information, Message = "{Name} is back after {Seconds} s")]
    private static partial void LogBack(ILogger logger, string name, int seconds);
}
