using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.CrmForwarder.Replays;

/// <summary>A part of the log is posted anew: once each, behind what happens meanwhile, whoever dies.</summary>
public sealed class ReplayTests : IAsyncLifetime
{
    private const string Path = "/api/v1/webhook-endpoints/whe_1";

    private static readonly AccountId Mine = AccountId.Parse("acc_1");
    private static readonly AccountId Theirs = AccountId.Parse("acc_2");

    private readonly string _directory = Directory.CreateTempSubdirectory("crm-forwarder-").FullName;
    private TinyCrm _crm = null!;
    private ForwarderHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _crm = await TinyCrm.StartAsync();
        _host = await ForwarderHost.StartAsync(_directory);
        await _host.LinkAsync(Mine, _crm.Url("/mine"));
        await _host.LinkAsync(Theirs, null);
    }

    public async ValueTask DisposeAsync()
    {
        await _crm.DisposeAsync();
        await _host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task What_the_endpoint_never_had_is_posted_with_the_ids_of_then_and_told_as_done()
    {
        var missed = Missed(35, "conv_1");
        Missed(5, account: Theirs);
        var replay = await BeginAsync(new { after_sequence = 0 });

        var came = await _crm.NextAsync(35);
        came.Select(post => post.Id).ShouldBe(missed.Select(e => e.Id.Value));
        came.Select(post => post.Body).ShouldBe(missed.Select(e => e.Body));
        var done = await DoneAsync(replay);
        (done.GetProperty("found").GetInt32(), done.GetProperty("delivered").GetInt32(), done.GetProperty("failed").GetInt32())
            .ShouldBe((35, 35, 0));
        (done.GetProperty("percent").GetInt32(), done.GetProperty("position").GetInt64()).ShouldBe((100, 40));
        _crm.HasMore.ShouldBeFalse();
        (await GetAsync(Path + "/replays")).GetProperty("data").EnumerateArray().ShouldHaveSingleItem()
            .GetProperty("id").GetString().ShouldBe(replay);
        (await GetAsync(Path + "/deliveries")).GetProperty("data")[0].GetProperty("replay_id").GetString().ShouldBe(replay);
    }

    [Fact]
    public async Task Of_a_range_of_times_only_the_types_that_were_asked_for_go()
    {
        Missed(1);
        _host.Clock.Advance(TimeSpan.FromHours(1));
        var from = _host.Clock.GetUtcNow();
        var wanted = Missed(1)[0];
        _host.Store.Append(wanted with { Id = EventId.New(_host.Clock), Sequence = 900, Type = "message.read" }, from);
        _host.Clock.Advance(TimeSpan.FromHours(1));
        var to = _host.Clock.GetUtcNow();
        Missed(1);
        _host.Clock.Advance(TimeSpan.FromHours(1));

        var done = await DoneAsync(await BeginAsync(new { from, to, event_types = new[] { "message.received" } }));

        done.GetProperty("found").GetInt32().ShouldBe(1);
        (await _crm.NextAsync()).Id.ShouldBe(wanted.Id.Value);
        _host.Store.Asked.ShouldAllBe(asked => asked.Types!.Single() == "message.received" && asked.From == from && asked.To == to);
    }

    [Fact]
    public async Task What_was_taken_before_is_posted_again_and_what_waits_for_its_retry_is_not_doubled()
    {
        var (taken, waits) = (_host.Event(Mine), _host.Event(Mine));
        _crm.Answer = (post, context) =>
        {
            if (post.Id == waits.Id.Value) context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await _host.PublishAsync(taken, waits);
        await _host.LoggedAsync("delivery.delivered", "delivery.failed");
        await _crm.NextAsync(2);

        var done = await DoneAsync(await BeginAsync(new { after_sequence = 0 }));

        done.GetProperty("found").GetInt32().ShouldBe(1);
        (await _crm.NextAsync()).Id.ShouldBe(taken.Id.Value);
        _crm.HasMore.ShouldBeFalse();
        (await _host.ReadAsync(db => db.Deliveries.CountAsync())).ShouldBe(2);
        (await _host.ReadAsync(db => db.Deliveries.SingleAsync(row => row.EventId == waits.Id))).State.ShouldBe(DeliveryState.Pending);
    }

    [Fact]
    public async Task What_happens_meanwhile_is_posted_at_once_however_much_is_posted_anew()
    {
        await _host.PublishAsync([.. Enumerable.Range(0, 20).Select(_ => _host.Event(Mine))]);
        await _host.LoggedAsync("delivery.delivered", times: 20);
        await _crm.NextAsync(20);
        Missed(200);
        _crm.Hang();
        await BeginAsync(new { after_sequence = 20 });
        // Half of its sixteen slots.
        await _crm.NextAsync(8);

        var now = Enumerable.Range(0, 8).Select(_ => _host.Event(Mine)).ToArray();
        await _host.PublishAsync(now);

        (await _crm.NextAsync(8)).Select(post => post.Id).ShouldBe(now.Select(e => e.Id.Value), ignoreOrder: true);
    }

    [Fact]
    public async Task A_page_that_comes_twice_is_posted_once()
    {
        _host.Store.Times = 3;
        var missed = Missed(25);
        var gate = new SemaphoreSlim(10);
        _crm.Answer = (_, context) => gate.WaitAsync(context.RequestAborted);
        var replay = await BeginAsync(new { after_sequence = 0 });
        await DeliveredAsync(10);
        // Once more, when what it brought was taken already.
        await _host.PublishAsync(new EventsRead(replay, 1, missed[..10], 0, 10, 25));
        gate.Release(1_000);
        var done = await DoneAsync(replay);
        (await _crm.NextAsync(25)).Select(post => post.Id).ShouldBe(missed.Select(e => e.Id.Value), ignoreOrder: true);
        done.GetProperty("found").GetInt32().ShouldBe(25);
        _crm.HasMore.ShouldBeFalse();
    }

    [Fact]
    public async Task The_same_request_is_the_same_replay_and_another_one_has_to_wait()
    {
        _crm.Hang();
        Missed(5);
        var first = await BeginAsync(new { after_sequence = 0 });
        (await BeginAsync(new { after_sequence = 0 })).ShouldBe(first);
        using var http = _host.Client(Mine);
        using var other = await http.PostAsJsonAsync(Path + "/replay", new { after_sequence = 1 });
        other.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await other.Content.ReadFromJsonAsync<JsonElement>()).ShouldSatisfyAllConditions(
            problem => problem.GetProperty("code").GetString().ShouldBe("replay_running"),
            problem => problem.GetProperty("replay_id").GetString().ShouldBe(first));
    }

    [Fact]
    public async Task One_that_is_cancelled_posts_nothing_more_and_leaves_what_was_as_it_was()
    {
        var taken = _host.Event(Mine);
        await _host.PublishAsync(taken);
        await _host.LoggedAsync("delivery.delivered");
        await _crm.NextAsync();
        Missed(50);
        _crm.Fail(500);
        var replay = await BeginAsync(new { after_sequence = 0 });
        await FailedAsync(10);

        (await CancelAsync(replay)).GetProperty("state").GetString().ShouldBe("cancelled");
        (await CancelAsync(replay)).GetProperty("state").GetString().ShouldBe("cancelled");

        _crm.Succeed();
        var states = await _host.ReadAsync(db => db.Deliveries.Select(row => new { row.EventId, row.State }).ToListAsync());
        states.ShouldNotContain(row => row.State == DeliveryState.Replaying || row.State == DeliveryState.Pending);
        states.Single(row => row.EventId == taken.Id).State.ShouldBe(DeliveryState.Delivered);
        _host.Clock.Advance(TimeSpan.FromMinutes(10));
        var next = _host.Event(Mine);
        await _host.PublishAsync(next);
        await _host.LoggedAsync("delivery.delivered");
        (await _host.ReadAsync(db => db.Deliveries.CountAsync(row => row.DeliveredAt != null))).ShouldBe(2);
    }

    [Fact]
    public async Task While_the_endpoint_takes_nothing_no_more_of_the_log_is_read_and_it_goes_on_once_it_does()
    {
        _crm.Fail(500);
        Missed(100);
        var replay = await BeginAsync(new { after_sequence = 0 });
        await _host.AdvanceUntilAsync(FailedAsync(20), TimeSpan.FromMilliseconds(100));
        var pages = _host.Store.Asked.Count;
        pages.ShouldBeLessThan(10);

        _crm.Succeed();
        await _host.AdvanceUntilAsync(StateAsync(replay, "done"), TimeSpan.FromSeconds(2));
        await _host.AdvanceUntilAsync(DeliveredAsync(100), TimeSpan.FromMinutes(1));
        (await GetAsync($"{Path}/replays/{replay}")).GetProperty("delivered").GetInt32().ShouldBe(100);
    }

    [Fact]
    public async Task A_process_that_stops_in_the_middle_leaves_the_rest_to_the_next_one()
    {
        var missed = Missed(60);
        var gate = new SemaphoreSlim(0);
        _crm.Answer = (_, context) => gate.WaitAsync(context.RequestAborted);
        var replay = await BeginAsync(new { after_sequence = 0 });
        gate.Release(15);
        var came = await _crm.NextAsync(15);
        var store = _host.Store;
        var stopping = _host.DisposeAsync();
        gate.Release(1_000);
        await stopping;

        _host = await ForwarderHost.StartAsync(_directory, clock: _host.Clock, change: services => services.AddSingleton(store));
        await DoneAsync(replay);
        while (_crm.HasMore) came.Add(await _crm.NextAsync());
        came.Select(post => post.Id).Distinct().Order().ShouldBe(missed.Select(e => e.Id.Value).Order());
    }

    [Fact]
    public async Task What_was_erased_since_goes_nowhere()
    {
        var (erased, stays) = (_host.Event(Mine, "conv_1"), _host.Event(Mine, "conv_2"));
        await _host.PublishAsync(new EraseData(
            "era_1", 1, Mine, InstagramUserId.Parse("918273645546372819"), ConversationId.Parse("conv_1"), _host.Clock.GetUtcNow(), 100));
        await DoneAsync(await BeginAsync(new { after_sequence = 0 }));
        (await _crm.NextAsync()).Id.ShouldBe(stays.Id.Value);
        _crm.HasMore.ShouldBeFalse();
        (await _host.ReadAsync(db => db.Deliveries.CountAsync(row => row.EventId == erased.Id))).ShouldBe(0);
    }

    [Fact]
    public async Task A_message_that_was_taken_back_since_is_posted_without_what_it_said()
    {
        var received = _host.Event(Mine) with
        {
            Id = EventId.New(_host.Clock),
            Sequence = 50,
            Body = """{"data":{"message":{"id":"msg_1","text":"a word too much"}}}"""u8.ToArray(),
        };
        _host.Store.Append(received, _host.Clock.GetUtcNow());
        await _host.PublishAsync(_host.Event(Mine) with
        {
            Type = "message.deleted",
            Erased = [received.Id],
            Body = """{"data":{"message":{"id":"msg_1","kind":"deleted","text":null}}}"""u8.ToArray(),
        });
        await _host.LoggedAsync("delivery.delivered");

        await DoneAsync(await BeginAsync(new { after_sequence = 0 }));

        var posts = await _crm.NextAsync(4);
        System.Text.Encoding.UTF8.GetString(posts.Single(post => post.Id == received.Id.Value).Body).ShouldNotContain("too much");
    }

    [Fact]
    public async Task An_event_that_comes_while_a_replay_has_it_is_posted_as_what_it_is()
    {
        _crm.Hang();
        var events = Missed(30);
        await BeginAsync(new { after_sequence = 0 });
        await _crm.NextAsync();
        await Until(() => _host.ReadAsync(db => db.Deliveries.AnyAsync(row => row.EventId == events[25].Id)));
        await _host.PublishAsync(events[25]);
        (await _host.ReadAsync(db => db.Deliveries.SingleAsync(row => row.EventId == events[25].Id))).State
            .ShouldBe(DeliveryState.Pending);
    }

    [Theory]
    [InlineData("{}", "from")]
    [InlineData("""{"from":"2026-02-01T00:00:00Z","after_sequence":1}""", "from")]
    [InlineData("""{"from":"2027-02-01T00:00:00Z"}""", "from")]
    [InlineData("""{"from":"2026-02-01T00:00:00Z","to":"2026-01-01T00:00:00Z"}""", "to")]
    [InlineData("""{"after_sequence":-1}""", "after_sequence")]
    [InlineData("""{"after_sequence":1,"event_types":[]}""", "event_types")]
    [InlineData("""{"after_sequence":1,"event_types":["message.lost"]}""", "event_types")]
    public async Task What_is_wrong_is_named(string body, string field)
    {
        using var http = _host.Client(Mine);
        using var answer = await http.PostAsync(
            Path + "/replay", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Another_tenant_sees_begins_and_ends_none()
    {
        _crm.Hang();
        Missed(1);
        var replay = await BeginAsync(new { after_sequence = 0 });
        using var http = _host.Client(Theirs);
        (await http.PostAsJsonAsync(Path + "/replay", new { after_sequence = 0 })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.GetAsync(Path + "/replays")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.GetAsync($"{Path}/replays/{replay}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.PostAsync($"{Path}/replays/{replay}/cancel", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_endpoint_that_is_gone_ends_its_replay()
    {
        _crm.Hang();
        Missed(5);
        var replay = await BeginAsync(new { after_sequence = 0 });
        await _crm.NextAsync();
        await _host.LinkAsync(Mine, null, version: 2);
        await _host.AdvanceUntilAsync(StateAsync(replay, "cancelled"), TimeSpan.FromSeconds(1));
    }

    /// <summary>Events that are in the log and were never told to the forwarder.</summary>
    private List<InboxEvent> Missed(int count, string? conversation = null, AccountId? account = null) =>
        [.. Enumerable.Range(0, count).Select(_ => _host.Event(account ?? Mine, conversation))];

    private async Task<string> BeginAsync(object body)
    {
        using var http = _host.Client(Mine);
        using var answer = await http.PostAsJsonAsync(Path + "/replay", body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        var id = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        answer.Headers.Location!.ToString().ShouldBe($"{Path}/replays/{id}");
        return id;
    }

    private async Task<JsonElement> CancelAsync(string replay)
    {
        using var http = _host.Client(Mine);
        using var answer = await http.PostAsync($"{Path}/replays/{replay}/cancel", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<JsonElement> DoneAsync(string replay)
    {
        await _host.AdvanceUntilAsync(StateAsync(replay, "done"), TimeSpan.FromMilliseconds(50));
        return await GetAsync($"{Path}/replays/{replay}");
    }

    private Task StateAsync(string replay, string state) => Until(
        async () => (await GetAsync($"{Path}/replays/{replay}")).GetProperty("state").GetString() == state);

    private Task FailedAsync(int count) => Until(
        () => _host.ReadAsync(async db => await db.Attempts.CountAsync(row => row.Error != null) >= count));

    private Task DeliveredAsync(int count) => Until(
        () => _host.ReadAsync(async db => await db.Deliveries.CountAsync(row => row.State == DeliveryState.Delivered) >= count));

    private static async Task Until(Func<Task<bool>> isTrue)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await isTrue())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience.Long) throw new TimeoutException("It did not come.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var http = _host.Client(Mine);
        return await http.GetFromJsonAsync<JsonElement>(path);
    }
}
