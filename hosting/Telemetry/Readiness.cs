using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Telemetry;

/// <summary>
/// Tells whether the process is ready. It asks its checks at most once a second: some write to a disk, and anybody may ask as often as they
/// like. Once the process is told to stop it is not ready, so that whoever balances load sends it no more.
/// </summary>
internal sealed partial class Readiness(
    HealthCheckService checks, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<Readiness> logger)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(1);

    private static readonly HealthReport Stopping = new(
        new Dictionary<string, HealthReportEntry>
        {
            ["process"] = new(
                HealthStatus.Unhealthy, "It was told to stop and ends what it has in hand.", TimeSpan.Zero, exception: null, data: null),
        },
        TimeSpan.Zero);

    private readonly Lock _gate = new();
    private long _lastAsked;
    private Task<HealthReport>? _report;
    private long _askedAt;
    private string _told = "";

    /// <summary>Measures who asks: real time, whatever the clock, because they are another process.</summary>
    public TimeProvider WatchersTime { get; set; } = TimeProvider.System;

    /// <summary>Whether somebody asked within that time.</summary>
    public bool WasAskedWithin(TimeSpan time) =>
        Interlocked.Read(ref _lastAsked) is var asked and not 0 && WatchersTime.GetElapsedTime(asked) < time;

    /// <summary>Returns the newest report. A caller who asks while the checks run waits for that run.</summary>
    public Task<HealthReport> GetAsync(CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _lastAsked, WatchersTime.GetTimestamp());
        if (lifetime.ApplicationStopping.IsCancellationRequested) return Task.FromResult(Stopping);
        lock (_gate)
        {
            if (_report is null || (_report.IsCompleted && clock.GetElapsedTime(_askedAt) >= GoodFor))
            {
                _askedAt = clock.GetTimestamp();
                _report = CheckAsync();
            }

            return _report.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Runs the checks and logs what changed: the one who asks may be a balancer, which keeps no words.</summary>
    private async Task<HealthReport> CheckAsync()
    {
        var report = await checks.CheckHealthAsync(CancellationToken.None);
        var wrong = string.Join(' ', report.Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy).Select(entry => entry.Key));
        if (Interlocked.Exchange(ref _told, wrong) == wrong) return report;
        if (wrong.Length == 0) LogWell(logger);
        else LogNotWell(logger, report.Status, wrong);
        return report;
    }

    [LoggerMessage(
        EventName = "readiness.not_well", Level = LogLevel.Warning, Message = "{Status}, because of: {Checks}. GET /health/ready says why")]
    private static partial void LogNotWell(ILogger logger, HealthStatus status, string checks);

    [LoggerMessage(EventName = "readiness.well", Level = LogLevel.Information, Message = "Healthy again")]
    private static partial void LogWell(ILogger logger);
}
