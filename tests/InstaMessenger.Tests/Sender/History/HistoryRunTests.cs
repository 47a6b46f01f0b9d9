using System.Text;
using System.Text.Json.Nodes;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.History;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Sender.History;

/// <summary>Row, claim, page, report, until there is no more.</summary>
public sealed class HistoryRunTests : IAsyncLifetime
{
    private const string Own = "17841400000000001";

    private FakeGraph _graph = null!;
    private SenderHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _graph = await FakeGraph.StartAsync();
        _host = await SenderHost.StartAsync(_graph.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _graph.DisposeAsync();
    }

    [Fact]
    public async Task The_threads_are_read_page_by_page_and_told_as_webhooks_would_bring_them()
    {
        _graph.Thread = context => FakeGraph.Json(context, 200, context.Request.Query["after"] == "A"
            ? Page(null, Thread("43", Message("m.3", "43", Own, "second page", "2026-11-30T10:00:00+0000")))
            : Page("A", Thread(
                "42",
                Message("m.2", Own, "42", "an answer", "2026-11-30T12:00:00+0000"),
                Message("m.1", "42", Own, "a question", "2026-11-30T11:00:00+0000"),
                """{"id":"m.0"}""")));
        await _host.LinkAsync();

        await _host.ReadHistoryAsync(Command());

        var first = await NextAsync();
        (first.Found, first.Thread!.ContactId.Value, first.Thread.Username, first.Ended).ShouldBe((2, "42", "user42", false));
        var items = JsonNode.Parse(first.Thread.Webhook)!["entry"]![0]!["messaging"]!.AsArray();
        items.Select(item => ((string?)item!["message"]!["mid"], (string?)item["sender"]!["id"], (string?)item["message"]!["text"]))
            .ShouldBe([("m.1", "42", "a question"), ("m.2", Own, "an answer")]);
        ((bool?)items[0]!["message"]!["is_echo"], (bool?)items[1]!["message"]!["is_echo"]).ShouldBe((null, true));
        // The second call is half a second after the first one, by a clock that stands still.
        _host.History.Reader.TryRead(out _).ShouldBeFalse();
        _graph.Reads.Reader.Count.ShouldBe(1);
        var second = await NextAsync(TimeSpan.FromMilliseconds(100));
        (second.Found, second.Thread!.ContactId.Value).ShouldBe((3, "43"));
        var end = await NextAsync();
        (end.Found, end.Ended, end.Error, end.Thread).ShouldBe((3, true, null, null));
        (await RowsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Nothing_outside_of_the_time_of_the_run_is_taken_and_the_first_older_thread_ends_it()
    {
        _graph.Thread = context => FakeGraph.Json(context, 200, Page(
            "A",
            Thread(
                "42",
                Message("m.9", "42", Own, "too young", "2026-12-01T11:30:00+0000"),
                Message("m.2", "42", Own, "wanted", "2026-11-30T12:00:00+0000"),
                Message("m.1", "42", Own, "too old", "2026-11-29T00:00:00+0000")),
            Thread("43", Message("m.0", "43", Own, "too old", "2026-11-29T00:00:00+0000"))));
        await _host.LinkAsync();

        await _host.ReadHistoryAsync(Command() with
        {
            Since = new DateTimeOffset(2026, 11, 30, 0, 0, 0, TimeSpan.Zero),
            Until = new DateTimeOffset(2026, 12, 1, 11, 0, 0, TimeSpan.Zero),
        });

        var part = await NextAsync();
        var webhook = Encoding.UTF8.GetString(part.Thread!.Webhook);
        webhook.ShouldContain("wanted");
        webhook.ShouldNotContain("too ");
        (await NextAsync()).Ended.ShouldBeTrue();
    }

    [Fact]
    public async Task A_page_whose_process_died_is_read_again_from_the_same_place()
    {
        await _host.LinkAsync();
        await _host.WriteAsync(db =>
        {
            var run = new HistoryRun { AccountId = SenderHost.Account, Purpose = HistoryPurpose.Import };
            run.Begin(new("t", null, Command()), _host.Clock.GetUtcNow());
            run.Advance("A", 7, _host.Clock.GetUtcNow());
            // As a process leaves it that was killed during its call.
            run.Claim(_host.Clock.GetUtcNow().AddMinutes(1));
            db.Add(run);
            return Task.CompletedTask;
        });
        _graph.Thread = context => FakeGraph.Json(
            context, 200, Page(null, Thread("42", Message("m.1", "42", Own, "found", "2026-11-30T12:00:00+0000"))));

        var part = await NextAsync(TimeSpan.FromSeconds(5));

        part.Found.ShouldBe(8);
        (await _graph.Reads.Reader.ReadAsync(Patience.Token())).Body.ShouldContain("after=A");
    }

    [Fact]
    public async Task A_refused_token_ends_the_run_and_stops_the_sends()
    {
        _graph.Thread = context => FakeGraph.Error(401, 190)(context, 1);
        await _host.LinkAsync();

        await _host.ReadHistoryAsync(Command());

        var end = await NextAsync();
        (end.Ended, end.Error).ShouldBe((true, "Meta refused the access token: connect the account again."));
    }

    [Fact]
    public async Task Meta_that_is_away_is_asked_again_for_smaller_pages_until_it_answers()
    {
        var calls = 0;
        _graph.Thread = context => Interlocked.Increment(ref calls) < 3
            ? FakeGraph.Json(context, 503, "{}")
            : FakeGraph.Json(context, 200, Page(null));
        await _host.LinkAsync();

        await _host.ReadHistoryAsync(Command());

        (await NextAsync(TimeSpan.FromSeconds(1))).Ended.ShouldBeTrue();
        var limits = new List<string>();
        while (_graph.Reads.Reader.TryRead(out var read)) limits.Add(read.Body.Split("limit=")[1].Split('&')[0]);
        limits.ShouldBe(["10", "5", "2"]);
    }

    [Fact]
    public async Task A_field_that_Meta_does_not_know_is_not_asked_for_again()
    {
        _graph.Thread = context => context.Request.Query["fields"].ToString().Contains("story", StringComparison.Ordinal)
            ? FakeGraph.Error(400, 100)(context, 1)
            : FakeGraph.Json(context, 200, Page(null));
        await _host.LinkAsync();

        await _host.ReadHistoryAsync(Command());

        (await NextAsync(TimeSpan.FromMilliseconds(200))).Error.ShouldBeNull();
    }

    [Fact]
    public async Task A_look_for_a_send_and_the_pages_of_an_import_share_two_calls_a_second()
    {
        await using var host = await SenderHost.StartAsync(_graph.Address, ("Sender:ReadBackAfterSeconds", "2"));
        var calls = new System.Collections.Concurrent.ConcurrentQueue<(DateTimeOffset At, bool IsLook)>();
        _graph.Thread = context =>
        {
            var isLook = context.Request.Query["user_id"].Count > 0;
            calls.Enqueue((host.Clock.GetUtcNow(), isLook));
            return FakeGraph.Json(context, 200, isLook
                ? """{"data":[]}"""
                : Page($"A{calls.Count}", Thread("43", Message($"m.{calls.Count}", "43", Own, "x", "2026-11-30T10:00:00+0000"))));
        };
        _graph.Answer = FakeGraph.Error(500, 1);
        await host.LinkAsync();
        await host.SendAsync(host.Text("1"));
        (await host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Unknown);
        await host.ReadHistoryAsync(Command());

        for (var step = 0; step < 200 && (!calls.Any(call => call.IsLook) || calls.Last().IsLook || calls.Count < 8); step++)
        {
            host.Clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System, Patience.Token());
        }

        calls.Count(call => call.IsLook).ShouldBeGreaterThanOrEqualTo(1);
        calls.Count.ShouldBeGreaterThanOrEqualTo(8);
        var times = calls.Select(call => call.At).Order().ToList();
        // The clock moves in steps, and a call may be seen a step or two late.
        times.Skip(2).Zip(times).ShouldAllBe(pair => pair.First - pair.Second >= TimeSpan.FromMilliseconds(700));
    }

    [Fact]
    public async Task A_run_whose_time_cannot_be_read_fails_no_round()
    {
        await _host.ReadHistoryAsync(Command());
        await _host.WriteAsync(db => db.Database.ExecuteSqlRawAsync("UPDATE history_runs SET due_at = -999999999999999999"));

        await _host.Services.GetRequiredService<HistoryWorker>().RoundAsync(default);
    }

    private ReadHistory Command() =>
        new(SenderHost.Account, HistoryPurpose.Import, 1, null, _host.Clock.GetUtcNow().AddHours(-1), [Own], "shop");

    private async Task<HistoryRead> NextAsync() => await _host.History.Reader.ReadAsync(Patience.Token());

    private async Task<HistoryRead> NextAsync(TimeSpan step)
    {
        var next = NextAsync();
        while (!next.IsCompleted)
        {
            _host.Clock.Advance(step);
            await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System));
        }

        return await next;
    }

    private async Task<int> RowsAsync()
    {
        await using var db = await _host.Services.GetRequiredService<IDbContextFactory<SenderDbContext>>().CreateDbContextAsync();
        return await db.Set<HistoryRun>().CountAsync();
    }

    private static string Page(string? after, params string[] threads)
    {
        var paging = after is null ? "" : $$""","paging":{"cursors":{"after":"{{after}}"},"next":"https://graph.example/next"}""";
        return $$"""{"data":[{{string.Join(',', threads)}}]{{paging}}}""";
    }

    /// <summary>A thread that was last written in when its first message was.</summary>
    private static string Thread(string contact, params string[] messages)
    {
        var updated = (string?)JsonNode.Parse(messages[0])!["created_time"];
        var list = string.Join(',', messages);
        return $$$"""{"id":"t.{{{contact}}}","updated_time":"{{{updated}}}","messages":{"data":[{{{list}}}]}}""";
    }

    private static string Message(string mid, string from, string to, string text, string at) => new JsonObject
    {
        ["id"] = mid, ["created_time"] = at, ["message"] = text,
        ["from"] = Person(from), ["to"] = new JsonObject { ["data"] = new JsonArray(Person(to)) },
    }.ToJsonString();

    private static JsonObject Person(string id) => new() { ["id"] = id, ["username"] = id == Own ? "shop" : "user" + id };
}
