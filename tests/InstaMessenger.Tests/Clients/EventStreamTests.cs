using System.Net;
using System.Net.Http.Headers;
using System.Text;
using InstaMessenger.Client;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.Tests.Clients;

/// <summary>What the client makes of the live stream: frames, breaks, silence and refusals.</summary>
public sealed class EventStreamTests : IDisposable
{
    private const string Connected = "id: 5\n: connected\n\n";

    private readonly WaitClock _clock = new();
    private readonly Lines _lines = new();
    private readonly InstaMessengerClient _client;

    public EventStreamTests() => _client = new InstaMessengerClient(new Uri("http://product.test"), "sk_key", _clock, _lines);

    public void Dispose()
    {
        _client.Dispose();
        _lines.Dispose();
    }

    [Fact]
    public async Task A_line_that_breaks_in_an_event_goes_on_behind_the_one_before_and_gives_each_once()
    {
        _lines.Then(Connected + Event(6) + Event(7)[..40], new IOException("cut off"))
            .Then("id: 6\n: connected\n\n" + Event(7) + Event(8));

        var told = await TakeAsync(3);

        told.Select(told => told.Sequence).ShouldBe([6, 7, 8]);
        told[0].Data.ShouldBeOfType<ContactErased>().Contact.Id.ShouldBe("2000");
        _lines.Calls.ShouldBe(["/api/v1/events/stream behind ", "/api/v1/events/stream behind 6"]);
        _lines.Keys.Distinct().ShouldBe(["Bearer sk_key"]);
        _clock.Waits.ShouldHaveSingleItem().TotalSeconds.ShouldBeInRange(0.5, 1);
    }

    [Fact]
    public async Task A_line_that_ends_before_its_first_event_goes_on_where_it_began()
    {
        _lines.Then(Connected).Then(Connected + "id: 6").Then(Connected + Event(9));

        (await TakeAsync(1)).Single().Sequence.ShouldBe(9);

        _lines.Calls.Skip(1).ShouldAllBe(call => call == "/api/v1/events/stream behind 5");
    }

    [Fact]
    public async Task It_begins_where_it_is_told_to_and_asks_for_what_is_wanted()
    {
        _lines.Then(Event(8));

        await TakeAsync(1, after: 7, accountId: "acc_1", types: $"{EventTypes.MessageSent},{EventTypes.MessageRead}");

        _lines.Calls.Single().ShouldBe("/api/v1/events/stream?account_id=acc_1&types=message.sent%2Cmessage.read behind 7");
    }

    [Fact]
    public async Task What_passes_by_itself_is_waited_for_longer_each_time_and_as_long_as_the_product_says()
    {
        for (var n = 0; n < 7; n++) _lines.Then(HttpStatusCode.InternalServerError);
        _lines.Then(HttpStatusCode.TooManyRequests, retryAfter: 77).Then(Event(6));

        (await TakeAsync(1)).Single().Sequence.ShouldBe(6);

        _clock.Waits.Count.ShouldBe(8);
        double[] longest = [1, 2, 4, 8, 16, 30, 30];
        foreach (var (wait, most) in _clock.Waits.Zip(longest)) wait.TotalSeconds.ShouldBeInRange(most / 2, most);
        _clock.Waits[^1].ShouldBe(TimeSpan.FromSeconds(77));
    }

    [Fact]
    public async Task A_product_that_is_not_there_is_waited_for()
    {
        // The calls of one try: those that only read are made again at once.
        for (var n = 0; n < 8; n++) _lines.Throws();
        _lines.Then(Event(6));

        (await TakeAsync(1)).Single().Sequence.ShouldBe(6);
    }

    [Theory]
    [InlineData(401, "unauthorized")]
    [InlineData(403, "scope_missing")]
    [InlineData(404, "not_found")]
    [InlineData(410, "events_expired")]
    [InlineData(422, "validation_failed")]
    public async Task What_does_not_pass_by_itself_is_told_also_after_a_break(int status, string code)
    {
        _lines.Then(Connected + Event(6))
            .Then((HttpStatusCode)status, $$"""{"status":{{status}},"code":"{{code}}","oldest_sequence":99}""");
        await using var events = _client.FollowAsync().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        (await events.MoveNextAsync()).ShouldBeTrue();

        var problem = await Should.ThrowAsync<ApiProblemException>(async () => await events.MoveNextAsync());

        (problem.Status, problem.Code, problem.Problem.GetProperty("oldest_sequence").GetInt32()).ShouldBe((status, code, 99));
        _lines.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_page_of_a_proxy_is_no_stream()
    {
        _lines.Then(HttpStatusCode.OK, "<html>");
        (await Should.ThrowAsync<ApiProblemException>(() => TakeAsync(1))).Code.ShouldBe("error");
    }

    [Fact]
    public async Task A_line_on_which_nothing_comes_is_made_anew()
    {
        _lines.ThenHangs(Connected).Then(Event(6));

        (await TakeAsync(1)).Single().Sequence.ShouldBe(6);

        _clock.Waits[0].ShouldBe(TimeSpan.FromSeconds(45));
        _lines.Calls[1].ShouldEndWith(" behind 5");
    }

    [Fact]
    public async Task It_ends_at_once_when_it_is_ended()
    {
        _clock.KeepsLongWaits = true;
        _lines.ThenHangs(Connected);
        using var end = new CancellationTokenSource();
        await using var events = _client.FollowAsync(cancellationToken: end.Token).GetAsyncEnumerator();
        var next = events.MoveNextAsync().AsTask();
        await _lines.Hanging.WaitAsync(Patience.Long, TestContext.Current.CancellationToken);
        next.IsCompleted.ShouldBeFalse();

        await end.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => next.WaitAsync(Patience.Long));
    }

    [Fact]
    public async Task Frames_are_read_as_the_standard_says()
    {
        const string Text = ": a comment\r\n\r\nid:7\r\nevent: x\r\ndata: one\r\ndata:two\r\nretry: 3\r\nidle: 9\r\n\r\nevent: presence\n"
            + "data: {}\n\nid: 8\n\nid: 9\ndata: cut off";
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(Text));
        var frames = new List<EventFrame>();
        await foreach (var frame in EventFrames.ReadAsync(
            stream, TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken)) frames.Add(frame);

        frames.ShouldBe([new EventFrame("7", "one\ntwo"), new EventFrame(null, "{}"), new EventFrame("8", null)]);
    }

    [Fact]
    public async Task Who_else_is_in_a_conversation_is_no_event()
    {
        _lines.Then(Connected + "event: presence\ndata: {\"type\":\"presence\"}\n\n" + Event(6));
        (await TakeAsync(1)).Single().Sequence.ShouldBe(6);
    }

    private static string Event(long sequence) => $"id: {sequence}\nevent: contact.erased\ndata: " + $$"""
        {"id":"evt_{{sequence}}","sequence":{{sequence}},"type":"contact.erased","occurred_at":"2026-11-23T17:13:00Z",
        """ + """
        "data":{"contact":{"id":"2000"}}}
        """ + "\n\n";

    private async Task<List<InboxEvent>> TakeAsync(int count, long? after = null, string? accountId = null, string? types = null)
    {
        var told = new List<InboxEvent>();
        await foreach (var next in _client.FollowAsync(after, accountId, types, TestContext.Current.CancellationToken))
        {
            told.Add(next);
            if (told.Count == count) break;
        }

        return told;
    }

    /// <summary>Ends each wait at once, and notes it.</summary>
    private sealed class WaitClock : TimeProvider
    {
        public List<TimeSpan> Waits { get; } = [];

        /// <summary>Whether nothing comes of a wait for a line that is silent.</summary>
        public bool KeepsLongWaits { get; set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waits.Add(dueTime);
            return base.CreateTimer(callback, state, KeepsLongWaits ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, period);
        }
    }

    /// <summary>Answers as it was told, one connection after another.</summary>
    private sealed class Lines : HttpMessageHandler
    {
        private readonly Queue<Func<HttpResponseMessage>> _answers = [];
        private readonly TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<string> Calls { get; } = [];

        public List<string> Keys { get; } = [];

        public Task Hanging => _hanging.Task;

        /// <summary>A stream that says this, and then breaks or ends.</summary>
        public Lines Then(string text, Exception? broken = null) =>
            Then(() => Answer(text, _ => broken is null ? ValueTask.CompletedTask : ValueTask.FromException(broken)));

        public Lines ThenHangs(string text) => Then(() => Answer(text, async end =>
        {
            _hanging.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end);
        }));

        public Lines Throws() => Then(() => throw new HttpRequestException("nobody is there"));

        public Lines Then(HttpStatusCode status, string body = "", int? retryAfter = null) => Then(() =>
        {
            var answer = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            if (retryAfter is { } wait) answer.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(wait));
            return answer;
        });

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.TryGetValues("Last-Event-ID", out var place);
            Calls.Add($"{request.RequestUri!.PathAndQuery} behind {place?.Single()}");
            Keys.Add(request.Headers.Authorization!.ToString());
            return Task.FromResult(_answers.Dequeue()());
        }

        private static HttpResponseMessage Answer(string text, Func<CancellationToken, ValueTask> end)
        {
            var content = new StreamContent(new Wire(text, end));
            content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
        }

        private Lines Then(Func<HttpResponseMessage> answer)
        {
            _answers.Enqueue(answer);
            return this;
        }
    }

    /// <summary>Gives some text, and then what is at its end.</summary>
    private sealed class Wire(string text, Func<CancellationToken, ValueTask> end) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position == Length) await end(cancellationToken);
            return await base.ReadAsync(buffer, cancellationToken);
        }
    }
}
