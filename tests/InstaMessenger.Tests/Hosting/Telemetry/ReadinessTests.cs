using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Hosting.Telemetry;

public sealed class ReadinessTests
{
    [Fact]
    public async Task However_often_it_is_asked_the_checks_run_once_a_second()
    {
        using var folder = new TemporaryFolder();
        var (check, clock) = (new CountedCheck(), new FakeTimeProvider());
        await using var service = await StartAsync(folder, check, clock);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => service.Http.GetAsync("/health/ready")));
        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        check.Runs.ShouldBe(1);

        clock.Advance(TimeSpan.FromSeconds(1));
        await service.Http.GetAsync("/health/ready");
        check.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task A_process_that_was_told_to_stop_is_not_ready_and_still_alive()
    {
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder, new CountedCheck(), TimeProvider.System);
        (await service.Http.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);

        // The server would end too: what is looked at here is the answer before it does.
        using var scope = service.App.Services.CreateScope();
        var readiness = scope.ServiceProvider.GetRequiredService<InstaMessenger.Hosting.Telemetry.Readiness>();
        service.App.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        (await readiness.GetAsync(CancellationToken.None)).Status.ShouldBe(HealthStatus.Unhealthy);
    }

    private static Task<ServiceUnderTest> StartAsync(TemporaryFolder folder, CountedCheck check, TimeProvider clock) =>
        ServiceUnderTest.StartAsync(
            folder.Path,
            builder =>
            {
                builder.Services.AddSingleton(clock);
                builder.Services.AddHealthChecks().AddCheck("counted", check);
            },
            _ => { });

    private sealed class CountedCheck : IHealthCheck
    {
        private int _runs;

        public int Runs => _runs;

        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _runs);
            return Task.FromResult(HealthCheckResult.Healthy());
        }
    }
}
