using InstaMessenger.Hosting.Telemetry;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Hosting.Telemetry;

/// <summary>A gateway that was asked four seconds before its stop closed its door at once, and ten posts of Meta's were cut.</summary>
public sealed class DrainBeforeStopTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    private readonly FakeTimeProvider _clock = new();
    private readonly Readiness _readiness;
    private readonly DrainBeforeStop _drain;

    public DrainBeforeStopTests()
    {
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        _readiness = new Readiness(new NoChecks(), lifetime, _clock, NullLogger<Readiness>.Instance) { WatchersTime = _clock };
        _drain = new DrainBeforeStop(_readiness);
    }

    [Fact]
    public async Task Where_nobody_watches_the_stop_is_at_once()
    {
        (await StopAsync()).ShouldBe(TimeSpan.Zero);

        await _readiness.GetAsync(CancellationToken.None);
        _clock.Advance(DrainBeforeStop.Watched);
        (await StopAsync()).ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public async Task A_balancer_has_two_seconds_to_see_it(int askedBefore)
    {
        await _readiness.GetAsync(CancellationToken.None);
        _clock.Advance(TimeSpan.FromSeconds(askedBefore));

        (await StopAsync(askAfter: Moment)).ShouldBe(DrainBeforeStop.Wait);
    }

    [Fact]
    public async Task One_that_is_late_is_waited_for_and_not_for_ever()
    {
        await _readiness.GetAsync(CancellationToken.None);
        _clock.Advance(TimeSpan.FromSeconds(5));

        (await StopAsync(askAfter: DrainBeforeStop.Wait + (3 * Moment))).ShouldBe(DrainBeforeStop.Wait + (4 * Moment));

        _clock.Advance(TimeSpan.FromSeconds(5));
        (await StopAsync()).ShouldBe(DrainBeforeStop.LongestWait);
    }

    /// <summary>How long the stop is put off.</summary>
    private async Task<TimeSpan> StopAsync(TimeSpan? askAfter = null)
    {
        var began = _clock.GetTimestamp();
        // Without a context to go back to, what is due runs within the advance, and the clock goes no further meanwhile.
        var stop = await Task.Factory.StartNew(
            () => _drain.StoppingAsync(CancellationToken.None), CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Default);
        for (var step = 0; step < 100 && !stop.IsCompleted; step++)
        {
            _clock.Advance(Moment);
            if (_clock.GetElapsedTime(began) == askAfter) await _readiness.GetAsync(CancellationToken.None);
        }

        await stop;
        return _clock.GetElapsedTime(began);
    }

    private sealed class NoChecks : HealthCheckService
    {
        public override Task<HealthReport> CheckHealthAsync(
            Func<HealthCheckRegistration, bool>? predicate, CancellationToken cancellationToken = default) =>
            Task.FromResult(new HealthReport(new Dictionary<string, HealthReportEntry>(), TimeSpan.Zero));
    }
}
