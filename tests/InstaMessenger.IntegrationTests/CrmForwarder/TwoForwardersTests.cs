using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Claims;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.Tests.CrmForwarder;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.IntegrationTests.CrmForwarder;

/// <summary>
/// Two crm-forwarders on one database. Before endpoints were claimed, 536 of 6,463 events were posted twice without any fault.
/// </summary>
public sealed class TwoForwardersTests(SharedServers servers) : IAsyncLifetime
{
    private static readonly AccountId[] Accounts = [.. Enumerable.Range(1, 8).Select(number => AccountId.Parse($"acc_{number}"))];

    /// <summary>
    /// No faster than time goes by: a lease must not be over before a busy database has renewed it, nor a post be late that is not.
    /// </summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    private readonly string _directory = Directory.CreateTempSubdirectory("crm-forwarder-").FullName;
    private readonly List<ForwarderHost> _hosts = [];
    private string _database = "";
    private TinyCrm _crm = null!;

    public async ValueTask InitializeAsync()
    {
        _crm = await TinyCrm.StartAsync();
        _database = await (await servers.MariaDbAsync()).NewDatabaseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _crm.DisposeAsync();
        foreach (var host in _hosts) await host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task No_event_is_posted_twice_because_there_are_two_and_conversations_stay_in_order()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var (first, second) = (await StartAsync(clock), await StartAsync(clock));
        foreach (var account in Accounts) await first.LinkAsync(account, _crm.Url("/" + account.Value), secret: null);

        var sent = new List<InboxEvent>();
        for (var round = 0; round < 25; round++)
        {
            var events = Accounts.Select(account => first.Event(account, "conv_" + account.Value["acc_".Length..])).ToArray();
            sent.AddRange(events);
            // Both take in; the bus sees to it that the bundles are taken in one after another.
            await (round % 2 == 0 ? first : second).PublishAsync(events);
        }

        var came = _crm.NextAsync(sent.Count);
        await first.AdvanceUntilAsync(came, Step);
        await first.AdvanceUntilAsync(DeliveredAsync(first, sent.Count), Step);
        _crm.HasMore.ShouldBeFalse();
        foreach (var path in (await came).GroupBy(request => request.Path))
            path.Select(request => request.Id).ShouldBe(sent.Where(e => "/" + e.AccountId.Value == path.Key).Select(e => e.Id.Value));
        (await first.ReadAsync(db => db.Attempts.CountAsync())).ShouldBe(sent.Count);
    }

    [Fact]
    public async Task Of_a_replay_no_event_is_posted_twice_because_there_are_two()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var first = await StartAsync(clock);
        var second = await StartAsync(clock, services => services.AddSingleton(first.Store));
        await first.LinkAsync(Accounts[0], _crm.Url("/"), secret: null);
        var events = Enumerable.Range(0, 120).Select(n => first.Event(Accounts[0], $"conv_{n % 5}")).ToList();
        first.Store.Times = 2;
        foreach (var host in new[] { first, second })
        {
            using var http = host.Client(Accounts[0]);
            using var body = new StringContent("""{"after_sequence":0}""", System.Text.Encoding.UTF8, "application/json");
            using var begun = await http.PostAsync("/api/v1/webhook-endpoints/whe_1/replay", body);
            begun.StatusCode.ShouldBe(System.Net.HttpStatusCode.Accepted, await begun.Content.ReadAsStringAsync());
        }

        var came = _crm.NextAsync(events.Count);
        await first.AdvanceUntilAsync(came, Step);
        await first.AdvanceUntilAsync(DoneAsync(first), Step);

        (await came).Select(request => request.Id).ShouldBe(events.Select(e => e.Id.Value), ignoreOrder: true);
        _crm.HasMore.ShouldBeFalse();
        var replay = await first.ReadAsync(db => db.Replays.SingleAsync());
        (replay.Found, replay.Delivered, replay.Failed).ShouldBe((120, 120, 0));

        static async Task DoneAsync(ForwarderHost host)
        {
            while (await host.ReadAsync(db => db.Replays.Select(row => row.State).SingleAsync()) != ReplayState.Done)
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    [Fact]
    public async Task One_that_was_frozen_past_its_lease_records_nothing_and_posts_only_what_it_had_in_flight()
    {
        var (frozen, other) = (await StartAsync(), await StartAsync());
        await frozen.LinkAsync(Accounts[0], _crm.Url("/"), secret: null);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _crm.Answer = async (_, context) =>
        {
            await answer.Task;
            context.Response.StatusCode = 500;
        };
        var events =
            new[] { frozen.Event(Accounts[0], "conv_1"), frozen.Event(Accounts[0], "conv_1"), frozen.Event(Accounts[0], "conv_1") };
        await frozen.PublishAsync(events);
        (await _crm.NextAsync()).Id.ShouldBe(events[0].Id.Value);

        // From here on time stands still for the one, and the other goes on; in one leap, as long as it has nothing under way.
        _crm.Succeed();
        var came = _crm.NextAsync(3);
        other.Clock.Advance(ProcessLease.Lasts + ProcessLease.RenewEvery);
        await other.AdvanceUntilAsync(came, Step);
        (await came).Select(request => request.Id).ShouldBe(events.Select(e => e.Id.Value));
        await other.LoggedAsync("delivery.delivered", times: 3);

        frozen.Clock.Advance(ProcessLease.Lasts * 2);
        answer.SetResult();
        await frozen.LoggedAsync("delivery.not_ours", "forwarder.lease_lost");
        var last = frozen.Event(Accounts[0], "conv_1");
        await other.PublishAsync(last);
        var next = _crm.NextAsync();
        await other.AdvanceUntilAsync(next, Step);
        (await next).Id.ShouldBe(last.Id.Value);
        await other.LoggedAsync("delivery.delivered");
        _crm.HasMore.ShouldBeFalse();
        (await other.ReadAsync(db => db.Attempts.Select(row => new { row.DeliveryId, row.Number, row.Status }).ToListAsync()))
            .ShouldAllBe(attempt => attempt.Number == 1 && attempt.Status == 200);
    }

    [Fact]
    public async Task One_that_is_stopped_leaves_its_endpoints_to_the_other_at_once()
    {
        var (stopped, other) = (await StartAsync(), await StartAsync());
        await stopped.LinkAsync(Accounts[0], _crm.Url("/"), secret: null);
        _crm.Fail(503);
        var inboxEvent = stopped.Event(Accounts[0]);
        await stopped.PublishAsync(inboxEvent);
        await stopped.LoggedAsync("delivery.failed");
        _hosts.Remove(stopped);
        await stopped.DisposeAsync();

        _crm.Succeed();
        await _crm.NextAsync();
        // The retry is due after 4 to 6 s; the lease would have lasted longer.
        other.Clock.Advance(TimeSpan.FromSeconds(6));
        (await _crm.NextAsync()).Id.ShouldBe(inboxEvent.Id.Value);
    }

    [Fact]
    public async Task An_endpoint_goes_to_the_one_that_takes_in_its_events()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var (first, second) = (await StartAsync(clock), await StartAsync(clock));
        await first.LinkAsync(Accounts[0], _crm.Url("/"), secret: null);
        await first.PublishAsync(first.Event(Accounts[0]));
        await first.LoggedAsync("delivery.delivered");
        var events = Enumerable.Range(0, 5).Select(_ => first.Event(Accounts[0], "conv_1")).ToArray();
        foreach (var inboxEvent in events) await second.PublishAsync(inboxEvent);
        await first.AdvanceUntilAsync(_crm.NextAsync(6), Step);
        var moved = MovedAsync(second);
        await first.AdvanceUntilAsync(moved, Step);

        // Woken by its own commit: the clock stands still.
        await second.PublishAsync(second.Event(Accounts[0], "conv_2"));
        await second.LoggedAsync("delivery.delivered");
    }

    /// <summary>The version was read, compared and written: two processes that did so at once left whatever the last of them had.</summary>
    [Fact]
    public async Task Of_two_changes_that_two_processes_apply_at_once_the_newer_one_stays()
    {
        var (first, second) = (await StartAsync(), await StartAsync());
        for (var round = 1; round <= 40; round++)
        {
            var (older, newer) = (round * 2, (round * 2) + 1);
            await Task.WhenAll(
                first.LinkAsync(Accounts[0], _crm.Url($"/{newer}"), newer, secret: null),
                second.LinkAsync(Accounts[0], _crm.Url($"/{older}"), older, secret: null));
            (await first.ReadAsync(db => db.Accounts.Select(row => row.Version).SingleAsync())).ShouldBe(newer);
            (await first.ReadAsync(db => db.Endpoints.Select(row => row.Url).SingleAsync())).ShouldBe(_crm.Url($"/{newer}"));
        }
    }

    /// <summary>
    /// The second round of an erasure took what the end of the first one had just written for its own end: the person who wanted to be
    /// forgotten was told for ever that it goes on.
    /// </summary>
    [Fact]
    public async Task The_end_of_one_round_of_an_erasure_is_not_the_end_of_the_next()
    {
        var host = await StartAsync();
        var first = new EraseData("era_1", 1, Accounts[0], null, null, host.Clock.GetUtcNow(), 5);
        await host.PublishAsync(first);
        (await host.Erased.ReadAsync(Patience.Token())).Round.ShouldBe(1);
        var units = host.Services.GetRequiredService<IUnitOfWork<CrmForwarderDbContext>>();
        // As if it were under way still.
        var (nothing, later) = ((DateTimeOffset?)null, (DateTimeOffset?)host.Clock.GetUtcNow().AddHours(1));
        await units.ExecuteAsync(scope => scope.Db.Set<DataErasure>().ExecuteUpdateAsync(
            set => set.SetProperty(row => row.ReportedAt, nothing).SetProperty(row => row.DueAt, later)));
        var second = Task.CompletedTask;

        await units.ExecuteAsync(async scope =>
        {
            var row = await scope.Db.Set<DataErasure>().ForUpdate().SingleAsync();
            second = host.PublishAsync(first with { Round = 2 });
            await UntilSomebodyWaitsAsync();
            row.ReportedAt = host.Clock.GetUtcNow();
            row.PutOff(host.Clock.GetUtcNow().AddDays(1));
        });

        await second;
        (await host.Erased.ReadAsync(Patience.Token())).Round.ShouldBe(2);
    }

    private async Task UntilSomebodyWaitsAsync()
    {
        var (server, patience) = (await servers.MariaDbAsync(), Patience.Token());
        while (!await server.HasLockWaitAsync()) await Task.Delay(TimeSpan.FromMilliseconds(150), TimeProvider.System, patience);
    }

    private async Task<ForwarderHost> StartAsync(FakeTimeProvider? clock = null, Action<IServiceCollection>? change = null)
    {
        var host = await ForwarderHost.StartAsync(
            Directory.CreateDirectory(Path.Combine(_directory, _hosts.Count.ToString())).FullName,
            clock: clock,
            change: change,
            database: _database);
        _hosts.Add(host);
        return host;
    }

    private static async Task DeliveredAsync(ForwarderHost host, int count)
    {
        while (await host.ReadAsync(db => db.Deliveries.CountAsync(row => row.State == DeliveryState.Delivered)) < count)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
    }

    private static async Task MovedAsync(ForwarderHost host)
    {
        var lease = host.Services.GetRequiredService<ProcessLease>();
        while (await host.ReadAsync(db => db.Claims.Select(row => row.Owner).SingleAsync()) != lease.Id)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
    }
}
