using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.IntegrationTests.Hosting.Probe;
using InstaMessenger.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace InstaMessenger.IntegrationTests.Hosting;

/// <summary>What becomes of an item that its handler cannot handle, and of those behind it.</summary>
public abstract class SetAsideSuite(SharedServers servers, DatabaseKind database) : ProbeSuite(servers, database, BusKind.InProcess)
{
    private static readonly TimeSpan AWhile = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_bad_item_is_tried_again_a_while_later_and_then_waits_for_people()
    {
        var (host, clock) = await StartWithClockAsync();
        host.Handled.Before = (_, number) => Fail(number == 3, new FormatException("bad"));
        await PublishAsync(host, 1, 5);
        var letter = (await host.DeadLettersAsync()).ShouldHaveSingleItem();
        (letter.Cause, letter.ReplayAt)
            .ShouldBe((DeadLetterCause.Item, clock.GetUtcNow() + TimeSpan.FromMinutes(1)), "tried again a minute later");

        (await ReplayAsync(host)).ShouldBe(0);
        clock.Skip(AWhile);
        (await ReplayAsync(host)).ShouldBe(0);

        var again = (await host.DeadLettersAsync()).ShouldHaveSingleItem();
        (again.ReplayAt, again.Replays).ShouldBe((null, 1));
    }

    [Fact]
    public async Task An_item_that_met_a_bad_moment_is_handled_a_while_later()
    {
        var (host, clock) = await StartWithClockAsync();
        host.Handled.Before = (_, number) => Fail(number == 3, new FormatException("a moment"));
        await PublishAsync(host, 1, 5);
        host.Handled.Before = (_, _) => { };

        clock.Skip(AWhile);
        (await ReplayAsync(host)).ShouldBe(1);

        (await host.DeadLettersAsync()).ShouldBeEmpty();
        host.Handled.NumbersOf(ProbeQueues.Single).ShouldBe([1, 2, 4, 5, 3]);
    }

    [Fact]
    public async Task An_item_that_breaks_its_connection_each_time_is_told_from_a_database_that_is_away()
    {
        var (host, clock) = await StartWithClockAsync();
        host.Handled.Before = (_, number) => Fail(number == 3, new DatabaseUnavailableException("this item's connection broke"));
        for (var attempt = 1; attempt < 5; attempt++) await Should.ThrowAsync<DatabaseUnavailableException>(() => PublishAsync(host, 1, 5));
        (await host.DeadLettersAsync()).ShouldBeEmpty();
        clock.Skip(TimeSpan.FromSeconds(20));

        await PublishAsync(host, 1, 5);

        host.Handled.NumbersOf(ProbeQueues.Single).ShouldBe([1, 2, 4, 5], ignoreOrder: false);
        (await host.DeadLettersAsync()).ShouldHaveSingleItem().Cause.ShouldBe(DeadLetterCause.Database);
        clock.Skip(AWhile);
        (await ReplayAsync(host)).ShouldBe(0);
        (await host.DeadLettersAsync())
            .ShouldHaveSingleItem().ReplayAt.ShouldNotBeNull("what the database caused is tried until it succeeds");
        host.Handled.Before = (_, _) => { };
        clock.Skip(2 * AWhile);
        (await ReplayAsync(host)).ShouldBe(1);
    }

    [Fact]
    public async Task A_database_that_is_away_for_long_makes_no_dead_letters()
    {
        var (host, clock) = await StartWithClockAsync(
            services => services.Replace<IUnitOfWork<ProbeDbContext>>(unitOfWork => new AwayUnits(unitOfWork)));
        var units = (AwayUnits)host.UnitOfWork;
        units.Away = true;
        for (var attempt = 0; attempt < 20; attempt++)
        {
            await Should.ThrowAsync<DatabaseUnavailableException>(() => PublishAsync(host, 1, 5));
            clock.Skip(TimeSpan.FromSeconds(10));
        }

        units.Away = false;
        await PublishAsync(host, 1, 5);

        host.Handled.NumbersOf(ProbeQueues.Single).ShouldBe([1, 2, 3, 4, 5]);
        (await host.DeadLettersAsync()).ShouldBeEmpty();
    }

    internal static async Task PublishAsync(ProbeHost host, int first, int count, Func<int, SendReported>? make = null) =>
        await host.Services.GetRequiredService<IBusPublisher>().PublishAsync(
            new Bundle<SendReported>(
            [
                .. Enumerable.Range(first, count)
                    .Select(number => new BusItem<SendReported>($"item-{number}", null, (make ?? ProbeQueues.ForOne)(number))),
            ]),
            Guid.Empty,
            CancellationToken.None);

    /// <summary>One round of each worker; gives how many letters are gone by it.</summary>
    internal static async Task<int> ReplayAsync(ProbeHost host)
    {
        await host.Services.GetRequiredService<SetAsideIntake<ProbeDbContext>>().RoundAsync(CancellationToken.None);
        var replay = host.Services.GetRequiredService<DeadLetterReplay<ProbeDbContext>>();
        var before = replay.Replayed;
        await replay.RoundAsync(CancellationToken.None);
        return replay.Replayed - before;
    }

    internal async Task<(
        ProbeHost Host, SkippingClock Clock)> StartWithClockAsync(Action<IServiceCollection>? change = null, ProbeSettings? settings = null)
    {
        var clock = new SkippingClock();
        var host = await StartAsync(settings: settings, change: services =>
        {
            services.AddSingleton<TimeProvider>(clock);
            // By hand alone, so that the tests say when.
            services.RemoveLoopOf<DeadLetterReplay<ProbeDbContext>>();
            services.RemoveLoopOf<SetAsideIntake<ProbeDbContext>>();
            change?.Invoke(services);
        });
        return (host, clock);
    }

    internal static void Fail(bool fails, Exception error)
    {
        if (fails) throw error;
    }

    /// <summary>A clock that stands, and can be put forward; timers run as ever.</summary>
    internal sealed class SkippingClock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 11, 27, 9, 0, 0, TimeSpan.Zero);

        public void Skip(TimeSpan time) => _now += time;

        public override DateTimeOffset GetUtcNow() => _now;
    }

    /// <summary>A database that takes nothing while it is away.</summary>
    private sealed class AwayUnits(IUnitOfWork<ProbeDbContext> real) : IUnitOfWork<ProbeDbContext>
    {
        public bool Away { get; set; }

        public Task<T> ExecuteAsync<T>(Func<WorkScope<ProbeDbContext>, Task<T>> work, CancellationToken cancellationToken = default) =>
            Away ? throw new DatabaseUnavailableException("away") : real.ExecuteAsync(work, cancellationToken);
    }
}

public sealed class SqliteSetAsideTests(SharedServers servers) : SetAsideSuite(servers, DatabaseKind.Sqlite);

public sealed class MariaDbSetAsideTests(SharedServers servers) : SetAsideSuite(servers, DatabaseKind.MariaDb)
{
    [Fact]
    public async Task A_letter_is_replayed_by_one_process_only()
    {
        var (first, clock) = await StartWithClockAsync();
        first.Handled.Before = (_, number) => Fail(number == 3, new FormatException("a moment"));
        await PublishAsync(first, 1, 3);
        first.Handled.Before = (_, _) => { };
        clock.Skip(TimeSpan.FromMinutes(2));
        var others = await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ =>
        {
            var (host, otherClock) = await StartWithClockAsync();
            otherClock.Skip(TimeSpan.FromMinutes(2));
            return host;
        }));

        var replayed = await Task.WhenAll(others.Prepend(first).Select(ReplayAsync));

        replayed.Sum().ShouldBe(1);
    }

    [Fact]
    public async Task An_item_that_cannot_even_be_set_aside_holds_up_nobody_is_told_by_readiness_and_is_not_lost()
    {
        await using var server = await MariaDb.StartAsync();
        var (host, clock) = await StartWithClockAsync(settings: Settings with { MySql = await server.NewDatabaseAsync() });
        var health = host.Services.GetRequiredService<HealthCheckService>();
        host.Handled.Before = (_, number) => Fail(number == 2, new FormatException("bad"));
        await server.ExecuteAsync("SET GLOBAL max_allowed_packet = 1048576");
        await server.KillConnectionsAsync();

        // The server refuses the packet, or is gone in the middle of it, as it happens.
        for (var attempt = 1; attempt <= 5 && !host.Handled.NumbersOf(ProbeQueues.Single).Contains(3); attempt++)
        {
            var refusal = await Record.ExceptionAsync(() => PublishAsync(
                host, 1, 3, number => ProbeQueues.ForOne(number) with
                {
                    Error = new SendError("code", number == 2 ? new string('x', 3 << 20) : "short", false, null),
                }));
            if (refusal is not null) refusal.ShouldBeOfType<DatabaseUnavailableException>();
            clock.Skip(TimeSpan.FromSeconds(5));
        }

        host.Handled.NumbersOf(ProbeQueues.Single).Distinct().ShouldBe([1, 3]);
        (await host.DeadLettersAsync()).ShouldBeEmpty();
        (await health.CheckHealthAsync()).Status.ShouldBe(HealthStatus.Degraded);

        host.Handled.Before = (_, _) => { };
        await server.ExecuteAsync("SET GLOBAL max_allowed_packet = 16777216");
        await server.KillConnectionsAsync();
        clock.Skip(TimeSpan.FromMinutes(2));
        (await ReplayAsync(host)).ShouldBe(1);

        host.Handled.NumbersOf(ProbeQueues.Single).Distinct().ShouldBe([1, 3, 2]);
        (await health.CheckHealthAsync()).Status.ShouldBe(HealthStatus.Healthy);
    }
}

/// <summary>Puts something between a service and those who use it.</summary>
internal static class ServiceReplacement
{
    public static void Replace<T>(this IServiceCollection services, Func<T, T> wrap)
        where T : class
    {
        var real = services.Last(service => service.ServiceType == typeof(T));
        services.AddSingleton(provider => wrap((T)real.ImplementationFactory!(provider)));
    }
}
