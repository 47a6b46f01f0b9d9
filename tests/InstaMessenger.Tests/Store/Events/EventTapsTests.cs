using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Access;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Store.Events;

public sealed class EventTapsTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeCallers _callers = new();
    private StoreHost _store = null!;
    private Account _shop = null!;
    private Account _cafe = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await StoreHost.StartAsync(services =>
        {
            services.AddSingleton<TimeProvider>(_clock);
            services.AddSingleton<ICallerSource>(_callers);
        });
        _shop = await _store.LinkAsync("17841400000000000");
        _cafe = await _store.LinkAsync("17841400000000001");
        _callers.Program("shop", _shop.Id);
        _callers.Program("both", _shop.Id, _cafe.Id);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_puller_reads_all_of_its_own_in_pages_and_then_goes_on_from_where_the_log_ended()
    {
        for (var i = 1; i <= 5; i++) await AppendAsync(i % 2 == 1 ? _shop : _cafe, i);
        await AppendAsync(_cafe, 6);

        var first = await PullAsync("shop", "?limit=2");
        Sequences(first).ShouldBe([1, 3]);
        first.GetProperty("next_cursor").GetString().ShouldBe("3");
        var second = await PullAsync("shop", "?limit=2&after=3");
        Sequences(second).ShouldBe([5]);
        second.GetProperty("next_cursor").ValueKind.ShouldBe(JsonValueKind.Null);
        second.GetProperty("last_sequence").GetInt64().ShouldBe(6);

        await AppendAsync(_shop, 7);
        Sequences(await PullAsync("shop", "?after=6")).ShouldBe([7]);
        Sequences(await PullAsync("both", "?limit=4")).ShouldBe([1, 2, 3, 4]);
        Sequences(await PullAsync("both", $"?account_id={_cafe.Id}")).ShouldBe([2, 4, 6]);
        Sequences(await PullAsync("admin", "?after=2")).ShouldBe([3, 4, 5, 6, 7]);
    }

    [Fact]
    public async Task A_paginator_that_calls_it_cursor_as_every_other_list_does_comes_to_the_end()
    {
        for (var i = 1; i <= 4; i++) await AppendAsync(_shop, i);
        var (seen, cursor) = (new List<long>(), "");
        do
        {
            var page = await PullAsync("shop", "?limit=2" + cursor);
            seen.AddRange(Sequences(page));
            cursor = page.GetProperty("next_cursor").GetString() is { } next ? "&cursor=" + next : "";
        }
        while (cursor.Length > 0 && seen.Count < 10);
        seen.ShouldBe([1, 2, 3, 4]);
    }

    /// <summary>Who sees all accounts could wait for ever for the events of one that there is not.</summary>
    [Theory]
    [InlineData("admin", "acc_nobody")]
    [InlineData("admin", "nonsense")]
    [InlineData("shop", "acc_nobody")]
    public async Task An_account_that_is_not_there_has_no_events_to_wait_for(string credential, string account)
    {
        foreach (var path in (string[])["/api/v1/events", "/api/v1/events/stream"])
        {
            using var answer = await _store.Client(credential).GetAsync(
                $"{path}?account_id={account}", HttpCompletionOption.ResponseHeadersRead);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("not_found");
        }
    }

    [Fact]
    public async Task A_rotten_event_takes_none_of_the_others_with_it()
    {
        for (var i = 1; i <= 3; i++) await AppendAsync(_shop, i);
        await _store.UnitOfWork.ExecuteAsync(scope => scope.Db.Events.Where(row => row.Sequence == 2)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Body, Encoding.UTF8.GetBytes("""{"id":"evt_2","data":{"text":"cut"""))));
        var page = await PullAsync("shop", "");
        Sequences(page).ShouldBe([1, 2, 3]);
        page.GetProperty("data")[1].GetProperty("data").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("?after=-1", 400)]
    [InlineData("?after=x", 400)]
    [InlineData("?account_id=CAFE", 404)]
    [InlineData("?account_id=nonsense", 404)]
    public async Task What_is_not_there_cannot_be_asked_for(string query, int status)
    {
        using var client = _store.Client("shop");
        foreach (var path in (string[])["/api/v1/events", "/api/v1/events/stream"])
            ((int)(await client.GetAsync(path + query.Replace("CAFE", _cafe.Id.Value, StringComparison.Ordinal))).StatusCode)
                .ShouldBe(status);
    }

    [Fact]
    public async Task A_stream_begins_now_and_shows_only_its_own()
    {
        await AppendAsync(_shop, 1);
        await using var stream = await OpenAsync("shop");
        stream.Response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        stream.Response.Headers.CacheControl!.NoStore.ShouldBeTrue();

        await AppendAsync(_cafe, 2);
        await AppendAsync(_shop, 3);

        var shown = await stream.NextAsync();
        shown.Id.ShouldBe(3);
        shown.Type.ShouldBe("test.happened");
        shown.Data.GetProperty("sequence").GetInt64().ShouldBe(3);
        shown.Data.GetProperty("data").GetProperty("number").GetInt32().ShouldBe(3);
    }

    [Theory]
    [InlineData("?after=2", null)]
    [InlineData("?after=0", "2")]
    public async Task A_stream_resumes_behind_the_last_id(string query, string? lastEventId)
    {
        for (var i = 1; i <= 4; i++) await AppendAsync(_shop, i);

        await using var stream = await OpenAsync("shop", query, lastEventId);

        (await stream.NextAsync()).Id.ShouldBe(3);
        (await stream.NextAsync()).Id.ShouldBe(4);
        await AppendAsync(_shop, 5);
        (await stream.NextAsync()).Id.ShouldBe(5);
    }

    [Fact]
    public async Task A_stream_that_broke_before_its_first_event_resumes_where_it_stood()
    {
        await AppendAsync(_shop, 1);
        long standing;
        await using (var broken = await OpenAsync("shop")) standing = broken.Standing;
        standing.ShouldBe(1);

        await AppendAsync(_shop, 2);
        await using var stream = await OpenAsync("shop", lastEventId: standing.ToString());

        (await stream.NextAsync()).Id.ShouldBe(2);
    }

    /// <summary>A client that resumes with a mistake must hear of it: a stream that begins now would leave out what it missed.</summary>
    [Theory]
    [InlineData("nonsense")]
    [InlineData("-1")]
    [InlineData("1.5")]
    public async Task A_last_id_that_is_no_sequence_is_refused(string lastEventId)
    {
        await AppendAsync(_shop, 1);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events/stream?after=1");
        request.Headers.Add("Last-Event-ID", lastEventId);

        using var answer = await _store.Client("shop").SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("code").GetString().ShouldBe("bad_cursor");
        problem.GetRawText().ShouldContain("Last-Event-ID");
    }

    [Theory]
    [InlineData("?after=1&cursor=1")]
    [InlineData("?cursor=2&after=1&types=message.read")]
    public async Task Two_names_of_one_place_at_once_are_refused(string query)
    {
        using var answer = await _store.Client("shop").GetAsync("/api/v1/events" + query);

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("give one of them");
    }

    [Theory]
    [InlineData("")]
    [InlineData("&types=message.sent,message.read")]
    public async Task A_position_beyond_the_log_of_a_restored_installation_hides_nothing_that_comes(string types)
    {
        await AppendAsync(_shop, 1, "message.sent");

        var last = (await PullAsync("shop", "?after=500" + types)).GetProperty("last_sequence").GetInt64();
        last.ShouldBe(1);
        await using var stream = await OpenAsync("shop", "?after=500" + types);
        await using var resumed = await OpenAsync("shop", lastEventId: "500");
        resumed.Standing.ShouldBe(1);
        stream.Standing.ShouldBe(1);

        await AppendAsync(_shop, 2, "message.sent");
        Sequences(await PullAsync("shop", $"?after={last}{types}")).ShouldBe([2]);
        (await stream.NextAsync()).Id.ShouldBe(2);
    }

    [Fact]
    public async Task A_stream_that_is_cut_again_and_again_under_writes_has_no_gap_and_no_double()
    {
        const int total = 600;
        var writing = Task.Run(async () =>
        {
            for (var i = 1; i <= total; i++) await AppendAsync(i % 3 == 0 ? _cafe : _shop, i);
        });

        var readers = ((string, int[])[])
        [
            ("shop", [.. Enumerable.Range(1, total).Where(i => i % 3 != 0)]),
            ("both", [.. Enumerable.Range(1, total)]),
            ("admin", [.. Enumerable.Range(1, total)]),
        ];
        await Task.WhenAll(readers.Select(async reader =>
        {
            var (credential, expected) = reader;
            var seen = new List<long>();
            while (seen.Count < expected.Length)
            {
                await using var stream = await OpenAsync(credential, $"?after={(seen.Count == 0 ? 0 : seen[^1])}");
                for (var i = 0; i < 37 && seen.Count < expected.Length; i++) seen.Add((await stream.NextAsync()).Id);
            }

            seen.ShouldBe(expected.Select(i => (long)i));
        }));
        await writing;
    }

    [Fact]
    public async Task Types_narrow_a_stream_and_a_future_id_means_now()
    {
        await using var stream = await OpenAsync("shop", "?types=message.read,message.sent&after=999");

        await AppendAsync(_shop, 1, "message.received");
        await AppendAsync(_shop, 2, "message.sent");

        (await stream.NextAsync()).Id.ShouldBe(2);
    }

    [Fact]
    public async Task Types_narrow_the_feed_and_its_pages_come_to_the_end_of_the_log()
    {
        string[] types = ["message.received", "message.sent", "message.read"];
        for (var i = 1; i <= 9; i++) await AppendAsync(i == 3 ? _cafe : _shop, i, types[i % 3]);

        var first = await PullAsync("shop", "?types=message.received,message.read&limit=2");
        Sequences(first).ShouldBe([2, 5]);
        var second = await PullAsync("shop", $"?types=message.received,message.read&limit=2&after={first.GetProperty("next_cursor")}");
        Sequences(second).ShouldBe([6, 8]);
        var third = await PullAsync("shop", $"?types=message.received,message.read&limit=2&after={second.GetProperty("next_cursor")}");
        Sequences(third).ShouldBe([9]);
        third.GetProperty("next_cursor").ValueKind.ShouldBe(JsonValueKind.Null);
        third.GetProperty("last_sequence").GetInt64().ShouldBe(9);
        Sequences(await PullAsync("admin", "?types=message.received")).ShouldBe([3, 6, 9]);
        Sequences(await PullAsync("shop", "?types=comment.received&after=4")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Events_of_a_rare_type_are_found_behind_thousands_of_others()
    {
        await AppendAsync(_shop, 1, "message.read");
        await _store.UnitOfWork.ExecuteAsync(async scope =>
        {
            var first = await Counter.TakeAsync(scope.Db, Counter.Events, 60_000, default);
            await BulkInsert.EntitiesAsync(scope.Db, [.. Enumerable.Range(0, 60_000).Select(n => new EventRow
            {
                Sequence = first + n,
                Id = EventId.Parse($"evt_{n}"),
                Type = "message.received",
                AccountId = _shop.Id,
                AccountVersion = n,
                OccurredAt = _clock.GetUtcNow(),
                Body = "{}"u8.ToArray(),
            })]);
        });
        await AppendAsync(_shop, 2, "message.read");

        var page = await PullAsync("shop", "?types=message.read");
        Sequences(page).ShouldBe([1]);
        Sequences(await PullAsync("shop", $"?types=message.read&after={page.GetProperty("next_cursor")}")).ShouldBe([60_002]);
    }

    [Theory]
    [InlineData("?types=message.recieved", "message.recieved")]
    [InlineData("?types=message.sent,%20test.happened", "test.happened")]
    public async Task A_type_that_there_is_not_is_named(string query, string name)
    {
        foreach (var path in (string[])["/api/v1/events", "/api/v1/events/stream"])
        {
            using var answer = await _store.Client("shop").GetAsync(path + query, HttpCompletionOption.ResponseHeadersRead);
            answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
            (await answer.Content.ReadAsStringAsync()).ShouldContain($"There is no event type {name}.");
        }
    }

    [Fact]
    public async Task A_comment_comes_every_15_seconds_and_a_revoked_credential_ends_the_stream()
    {
        await using var stream = await OpenAsync("shop");
        await using var other = await OpenAsync("both");
        var sessions = _store.Services.GetRequiredService<LiveSessions>();
        sessions.Count.ShouldBe(2);

        await AdvanceAsync(15);
        (await stream.LineAsync()).ShouldBe(": heartbeat");
        (await other.LineAsync()).ShouldBe(": heartbeat");

        _callers.Revoke("shop");
        await AdvanceAsync(15);
        (await stream.LineAsync()).ShouldBeNull();
        (await other.LineAsync()).ShouldBe(": heartbeat");
        sessions.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_change_of_access_is_noticed_at_once()
    {
        await using var stream = await OpenAsync("shop");

        _callers.Revoke("shop");
        _store.Services.GetRequiredService<AccessChanges>().Announce();

        (await stream.LineAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task An_account_that_is_taken_from_the_caller_is_shown_no_more_and_a_new_one_is()
    {
        await using var stream = await OpenAsync("both");
        _callers.Program("both", _cafe.Id);
        await AdvanceAsync(15);
        (await stream.LineAsync()).ShouldBe(": heartbeat");

        await AppendAsync(_shop, 1);
        await AppendAsync(_cafe, 2);

        (await stream.NextAsync()).Id.ShouldBe(2);
    }

    [Fact]
    public async Task Streams_end_when_the_process_stops()
    {
        await using var stream = await OpenAsync("shop");

        _store.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        (await stream.LineAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_client_that_takes_nothing_for_10_seconds_is_cut_and_others_are_not_moved()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 64, resumeWriterThreshold: 32));
        var (ring, sessions) = (new LiveRing(), new LiveSessions());
        using var session =
            new LiveSession(pipe.Writer, 0, new LiveFilter(AccountReach.All, null), _ => ValueTask.FromResult<LiveFilter?>(null), _clock);
        sessions.Add(session);
        var running = session.RunAsync(sessions, ring, _store.Services.GetRequiredService<EventPages>());
        var next = new LiveEvent(1, _shop.Id, "test.happened", new byte[100]);
        ring.Add(next);
        sessions.Wake([next]);
        await WrittenAsync(pipe.Reader, bytes: 100);

        _clock.Advance(TimeSpan.FromSeconds(9));
        session.Tick();
        running.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(2));
        session.Tick();

        await running.WaitAsync(Patience.Long, TimeProvider.System);
        session.IsCut.ShouldBeTrue();
    }

    [Fact]
    public async Task The_interface_is_described_and_the_docs_load_nothing_from_elsewhere()
    {
        using var stranger = _store.Client("nobody");
        stranger.DefaultRequestHeaders.Authorization = null;
        var document = await stranger.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        string[] paths =
        [
            "/api/v1/messages/send",
            "/api/v1/messages/{message_id}",
            "/api/v1/conversations",
            "/api/v1/conversations/{id}/messages",
            "/api/v1/events",
            "/api/v1/events/stream",
        ];
        foreach (var path in paths)
            document.GetProperty("paths").GetProperty(path).EnumerateObject().First().Value.GetProperty("summary").GetString()
                .ShouldNotBeNullOrEmpty();

        var page = await stranger.GetStringAsync("/docs");
        page.ShouldContain("InstaMessenger");
        page.ShouldNotContain("https://");
        page.ShouldContain("\"telemetry\":false");
        (await stranger.GetAsync("/api/v1/events")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    /// <summary>Looks at what was written without taking it.</summary>
    private static async Task WrittenAsync(PipeReader reader, int bytes)
    {
        using var limit = new CancellationTokenSource(Patience.Long);
        while (true)
        {
            if (reader.TryRead(out var written))
            {
                var length = written.Buffer.Length;
                reader.AdvanceTo(written.Buffer.Start);
                if (length >= bytes) return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
        }
    }

    private Task AppendAsync(Account account, int number, string type = "test.happened") => _store.UnitOfWork.ExecuteAsync(scope =>
    {
        _store.Services.GetRequiredService<EventLog>().Append(scope, account, null, type, new Happened(number));
        return Task.CompletedTask;
    });

    private async Task<JsonElement> PullAsync(string credential, string query) =>
        await _store.Client(credential).GetFromJsonAsync<JsonElement>("/api/v1/events" + query);

    private static long[] Sequences(JsonElement page) =>
        [.. page.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("sequence").GetInt64())];

    /// <summary>
    /// Lets time pass while no stream is writing: a client may have read a line before the server knows that it did, and 15 s in that
    /// moment make it a client that does not read.
    /// </summary>
    private async Task AdvanceAsync(int seconds)
    {
        var writing = true;
        while (writing)
        {
            await Task.Yield();
            writing = false;
            _store.Services.GetRequiredService<LiveSessions>().ForEach(session => writing |= session.IsWriting);
        }

        _clock.Advance(TimeSpan.FromSeconds(seconds));
    }

    private async Task<OpenStream> OpenAsync(string credential, string query = "", string? lastEventId = null)
    {
        var client = _store.Client(credential);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events/stream" + query);
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        var stream = new OpenStream(client, response, new StreamReader(await response.Content.ReadAsStreamAsync(), Encoding.UTF8));
        stream.Standing = long.Parse((await stream.LineAsync()).ShouldNotBeNull()["id: ".Length..]);
        (await stream.LineAsync()).ShouldBe(": connected");
        return stream;
    }

    private sealed record Happened(int Number);

    private sealed record Shown(long Id, string Type, JsonElement Data);

    private sealed class OpenStream(HttpClient client, HttpResponseMessage response, StreamReader reader) : IAsyncDisposable
    {
        public HttpResponseMessage Response => response;

        /// <summary>The id that it began with.</summary>
        public long Standing { get; set; }

        /// <summary>The next line that is not blank; null at the end.</summary>
        public async Task<string?> LineAsync()
        {
            using var limit = new CancellationTokenSource(Patience.Long);
            while (true)
            {
                if (await reader.ReadLineAsync(limit.Token) is not "" and var line) return line;
            }
        }

        public async Task<Shown> NextAsync() => new(
            long.Parse((await LineAsync()).ShouldNotBeNull()["id: ".Length..]),
            (await LineAsync()).ShouldNotBeNull()["event: ".Length..],
            JsonElement.Parse((await LineAsync()).ShouldNotBeNull()["data: ".Length..]));

        public ValueTask DisposeAsync()
        {
            response.Dispose();
            client.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
