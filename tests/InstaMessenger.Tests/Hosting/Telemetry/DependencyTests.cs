using InstaMessenger.Hosting.Telemetry;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Hosting.Telemetry;

public sealed class DependencyTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly LogCapture _log = LogCapture.Text();
    private readonly Dependency _broker;

    public DependencyTests() => _broker = new Dependency("the broker", _clock, _log.CreateLogger("tests"));

    [Fact]
    public async Task What_is_away_is_named_with_the_time_since_when()
    {
        (await HealthAsync()).Status.ShouldBe(HealthStatus.Healthy);

        AwayFor(seconds: 10);

        var health = await HealthAsync();
        health.Status.ShouldBe(HealthStatus.Degraded, "no other process would be better off");
        health.Description.ShouldBe("No answer from the broker since 2026-01-02T03:04:05Z.");
    }

    [Fact]
    public void It_is_told_once_then_once_a_minute_and_when_it_is_back()
    {
        AwayFor(seconds: 130);
        _broker.Back();
        _broker.Back();

        _log.Written.Count.ShouldBe(4);
        _log.Written[0].ShouldContain("dependency.away: No answer from the broker for 3 s: refused");
        _log.Written[1].ShouldContain("for 63 s");
        _log.Written[2].ShouldContain("for 123 s");
        _log.Written[3].ShouldContain("dependency.back: the broker is back after 130 s");
    }

    [Fact]
    public async Task A_moment_is_no_outage()
    {
        AwayFor(seconds: 2);
        (await HealthAsync()).Status.ShouldBe(HealthStatus.Healthy);
        _broker.Back();

        _log.Written.ShouldBeEmpty();
    }

    private void AwayFor(int seconds)
    {
        for (var n = 0; n <= seconds; n++)
        {
            if (n > 0) _clock.Advance(TimeSpan.FromSeconds(1));
            _broker.Away("refused");
        }
    }

    private Task<HealthCheckResult> HealthAsync() => _broker.CheckHealthAsync(new HealthCheckContext());
}
