using System.Diagnostics;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.IntegrationTests.Hosting.Probe;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace InstaMessenger.IntegrationTests.Hosting;

/// <summary>A broker that may be harmed.</summary>
public sealed class OwnBroker : IAsyncLifetime
{
    public RabbitMqBroker Broker { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Broker = await RabbitMqBroker.StartAsync();

    public ValueTask DisposeAsync() => Broker.DisposeAsync();
}

/// <summary>What the outbox does while the broker is away. The broker is this class's own, and each test leaves it running.</summary>
public sealed class BrokerOutageTests(SharedServers servers, OwnBroker own)
    : ProbeSuite(servers, DatabaseKind.Sqlite, BusKind.RabbitMq), IClassFixture<OwnBroker>
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(12);
    private readonly RabbitMqBroker _broker = own.Broker;

    internal override Task<string> NewBrokerAddressAsync() => _broker.NewVirtualHostAsync();

    [Fact]
    public async Task Nothing_is_lost_while_the_broker_is_frozen()
    {
        var host = await StartWarmAsync();

        await _broker.FreezeAsync();
        await PublishDuringOutageAsync(host);
        await _broker.ThawAsync();

        await ReportDrainAsync(host, "frozen");
    }

    [Fact]
    public async Task Nothing_is_lost_while_the_broker_is_stopped()
    {
        var host = await StartWarmAsync();

        await _broker.StopAsync();
        await PublishDuringOutageAsync(host);
        await _broker.ResumeAsync();

        await ReportDrainAsync(host, "stopped");
    }

    [Fact]
    public async Task A_process_starts_and_keeps_what_it_is_given_although_the_broker_is_away()
    {
        var settings = Settings;
        await _broker.StopAsync();

        var host = await StartAsync(settings: settings);
        await host.PublishAsync(0, 500);
        await _broker.ResumeAsync();

        await host.Handled.UntilHandledAsync(ProbeQueues.Single, 500);
    }

    /// <summary>Ingress consumes nothing: it said Healthy while nothing of what it took could leave it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Readiness_says_since_when_the_broker_does_not_answer_and_when_it_does_again(bool consumes)
    {
        var host = await StartAsync(consumes);
        await UntilBusAsync(host, HealthStatus.Healthy);

        await _broker.StopAsync();
        // Who consumes nothing knows by what it publishes.
        if (!consumes) await host.PublishAsync(0, 1);
        var away = await UntilBusAsync(host, HealthStatus.Degraded);
        away.ShouldStartWith("No answer from the broker since ");

        await _broker.ResumeAsync();
        await UntilBusAsync(host, HealthStatus.Healthy);
    }

    /// <summary>Asked again and again: nobody announces it.</summary>
    private static async Task<string?> UntilBusAsync(ProbeHost host, HealthStatus status)
    {
        var health = host.Services.GetRequiredService<HealthCheckService>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var bus = (await health.CheckHealthAsync(check => check.Name == "bus", limit.Token)).Entries["bus"];
            if (bus.Status == status) return bus.Description;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, limit.Token);
        }
    }

    private async Task<ProbeHost> StartWarmAsync()
    {
        var host = await StartAsync();
        await host.PublishAsync(-1, 1);
        await host.Handled.UntilHandledAsync(ProbeQueues.Single, 1);
        return host;
    }

    private static async Task PublishDuringOutageAsync(ProbeHost host)
    {
        var clock = Stopwatch.StartNew();
        var slowest = TimeSpan.Zero;
        for (var number = 0; number < 1_000; number++)
        {
            var began = clock.Elapsed;
            await host.PublishAsync(number, 1);
            slowest = slowest > clock.Elapsed - began ? slowest : clock.Elapsed - began;
            var due = Outage * (number / 1_000.0);
            if (due > clock.Elapsed) await Task.Delay(due - clock.Elapsed, TimeProvider.System);
        }

        slowest.ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }

    private static async Task ReportDrainAsync(ProbeHost host, string how)
    {
        var clock = Stopwatch.StartNew();
        await host.Handled.UntilHandledAsync(ProbeQueues.Single, 1_001);
        var drained = clock.Elapsed;
        await BusSuite.UntilOutboxIsEmptyAsync(host);
        var numbers = host.Handled.NumbersOf(ProbeQueues.Single);
        TestContext.Current.SendDiagnosticMessage($"broker {how} {Outage.TotalSeconds} s: 0 of 1,001 lost, {numbers.Count - 1_001} handled "
            + $"twice, drained in {drained.TotalSeconds:N1} s");
        (await host.DeadLettersAsync()).ShouldBeEmpty();
        numbers.Distinct().Count().ShouldBe(1_001);
        drained.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }
}
