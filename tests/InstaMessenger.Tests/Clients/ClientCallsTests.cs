using System.Net;
using System.Net.Http.Headers;
using System.Text;
using InstaMessenger.Client;

namespace InstaMessenger.Tests.Clients;

/// <summary>What the client makes of answers: problems, waits, and calls that are made again or better not.</summary>
public sealed class ClientCallsTests : IDisposable
{
    private const string Sent =
        """{"message_id":"msg_1","status":"sent","account_id":"acc_1","created_at":"2026-11-23T17:13:00.000Z","messages":[]}""";

    private readonly InstantClock _clock = new();
    private readonly Script _script = new();
    private readonly InstaMessengerClient _client;

    public ClientCallsTests() => _client = new InstaMessengerClient(new Uri("http://product.test"), "sk_key", _clock, _script);

    public void Dispose()
    {
        _client.Dispose();
        _script.Dispose();
    }

    [Fact]
    public async Task A_send_has_the_key_in_its_header_and_only_what_was_said_in_its_body()
    {
        _script.Then(HttpStatusCode.OK, Sent);

        var answer = await SendAsync();

        (answer.MessageId, answer.Status).ShouldBe(("msg_1", "sent"));
        var call = _script.Calls.ShouldHaveSingleItem();
        (call.Line, call.Key, call.Authorization).ShouldBe(("POST /api/v1/messages/send", "key-1", "Bearer sk_key"));
        call.Body.ShouldBe("""{"account_id":"acc_1","recipient_id":"2000","message":"grüße"}""");
    }

    [Fact]
    public async Task A_problem_is_told_with_all_that_it_says()
    {
        _script.Then(
            HttpStatusCode.UnprocessableEntity,
            """
            {"status":422,"code":"validation_failed","detail":"See errors.","trace_id":"0af7","errors":{"message":["Is needed."]},"limit":9}
            """);

        var problem = await Should.ThrowAsync<ApiProblemException>(SendAsync);

        (problem.Status, problem.Code, problem.Detail, problem.TraceId).ShouldBe((422, "validation_failed", "See errors.", "0af7"));
        problem.Errors["message"].ShouldBe(["Is needed."]);
        problem.Problem.GetProperty("limit").GetInt32().ShouldBe(9);
        problem.IsTemporary.ShouldBeFalse();
        _clock.Waits.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_answer_that_is_no_problem_is_an_error_all_the_same()
    {
        _script.Then(HttpStatusCode.Forbidden, "<html>a proxy's page</html>");

        var problem = await Should.ThrowAsync<ApiProblemException>(SendAsync);

        (problem.Status, problem.Code).ShouldBe((403, "error"));
    }

    [Fact]
    public async Task What_may_be_repeated_is_repeated_with_the_same_body_while_the_product_is_away()
    {
        _script.Throw().Then(HttpStatusCode.ServiceUnavailable, "", retryAfter: 5).Then(HttpStatusCode.OK, Sent);

        (await SendAsync()).Status.ShouldBe("sent");

        _clock.Waits.ShouldBe([TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(5)]);
        _script.Calls.Count.ShouldBe(3);
        _script.Calls.Select(call => (call.Key, call.Body)).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_send_whose_first_call_still_waits_for_its_answer_is_asked_for_again()
    {
        _script.Then(HttpStatusCode.Conflict, """{"code":"idempotency_in_progress"}""", retryAfter: 1).Then(HttpStatusCode.OK, Sent);

        (await SendAsync()).Status.ShouldBe("sent");
        _clock.Waits.ShouldBe([TimeSpan.FromSeconds(1)]);
    }

    [Fact]
    public async Task A_window_that_is_closed_is_told_at_once()
    {
        _script.Then(HttpStatusCode.Conflict, """{"code":"window_closed"}""", retryAfter: 1);

        (await Should.ThrowAsync<ApiProblemException>(SendAsync)).Code.ShouldBe("window_closed");
        _clock.Waits.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_could_be_done_twice_is_not_repeated_unless_it_was_refused_before_it_began()
    {
        _script.Then(HttpStatusCode.ServiceUnavailable, "");
        (await Should.ThrowAsync<ApiProblemException>(() => _client.WebhookEndpoints.RotateSecretAsync("whe_1"))).Status.ShouldBe(503);
        _script.Throw();
        await Should.ThrowAsync<HttpRequestException>(() => _client.WebhookEndpoints.RotateSecretAsync("whe_1"));
        _script.Calls.Count.ShouldBe(2);

        _script.Then(HttpStatusCode.TooManyRequests, "", retryAfter: 2).Then(HttpStatusCode.OK, """{"id":"whe_1"}""");
        (await _client.WebhookEndpoints.RotateSecretAsync("whe_1")).Id.ShouldBe("whe_1");
        _clock.Waits.ShouldBe([TimeSpan.FromSeconds(2)]);
    }

    [Fact]
    public async Task A_product_that_stays_away_is_given_up_after_four_calls()
    {
        for (var n = 0; n < 4; n++) _script.Then(HttpStatusCode.BadGateway, "");

        (await Should.ThrowAsync<ApiProblemException>(SendAsync)).IsTemporary.ShouldBeTrue();
        _script.Calls.Count.ShouldBe(4);
        _clock.Waits.Select(wait => wait.TotalSeconds).ShouldBe([0.5, 1, 2]);
    }

    [Fact]
    public async Task A_wait_that_is_longer_than_half_a_minute_is_the_callers()
    {
        _script.Then(HttpStatusCode.TooManyRequests, """{"code":"rate_limited"}""", retryAfter: 31);

        var problem = await Should.ThrowAsync<ApiProblemException>(SendAsync);

        (problem.Code, problem.RetryAfter).ShouldBe(("rate_limited", TimeSpan.FromSeconds(31)));
        _clock.Waits.ShouldBeEmpty();
    }

    [Fact]
    public async Task Events_are_read_after_a_sequence()
    {
        _script.Then(
            HttpStatusCode.OK,
            """
            {"data":[{"id":"evt_1","sequence":8,"type":"of.tomorrow","occurred_at":"2026-11-23T17:13:00.000Z","data":{}}],
            "next_cursor":"8","last_sequence":8}
            """);

        var page = await _client.Events.ReadAsync(7, "acc_1", EventTypes.MessageSent, 200);

        _script.Calls.Single().Line.ShouldBe("GET /api/v1/events?after=7&account_id=acc_1&types=message.sent&limit=200");
        (page.Data.Single().Id, page.NextCursor, page.LastSequence).ShouldBe(("evt_1", "8", 8));
    }

    private Task<SendAnswer> SendAsync() =>
        _client.Messages.SendAsync(new SendMessage { AccountId = "acc_1", RecipientId = "2000", Message = "grüße" }, "key-1");

    /// <summary>Ends each wait at once, and notes it.</summary>
    private sealed class InstantClock : TimeProvider
    {
        public List<TimeSpan> Waits { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waits.Add(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }

    private sealed record Call(string Line, string? Key, string? Authorization, string Body);

    /// <summary>Answers as it was told, one call after another.</summary>
    private sealed class Script : HttpMessageHandler
    {
        private readonly Queue<Func<HttpResponseMessage>> _answers = [];

        public List<Call> Calls { get; } = [];

        public Script Then(HttpStatusCode status, string body, int? retryAfter = null)
        {
            _answers.Enqueue(() =>
            {
                var answer = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
                if (retryAfter is { } wait) answer.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(wait));
                return answer;
            });
            return this;
        }

        public Script Throw()
        {
            _answers.Enqueue(() => throw new HttpRequestException("nobody is there"));
            return this;
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            request.Headers.TryGetValues("Idempotency-Key", out var keys);
            Calls.Add(new Call(
                $"{request.Method} {request.RequestUri!.PathAndQuery}", keys?.Single(), request.Headers.Authorization?.ToString(), body));
            return _answers.Dequeue()();
        }
    }
}
