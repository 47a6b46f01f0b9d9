using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Outbound;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Store.Outbound;

public sealed class SendEndpointTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeCallers _callers = new();
    private readonly FakeSender.Script _sender = new();
    private StoreHost _store = null!;
    private Account _account = null!;
    private HttpClient _crm = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await StoreHost.StartAsync(services =>
        {
            services.AddSingleton<TimeProvider>(_clock);
            services.AddSingleton<ICallerSource>(_callers);
            services.AddSingleton(_sender);
            services.AddMessageHandler<StoreDbContext, SendMessage, FakeSender>("sender.send-message");
        });
        _account = await _store.LinkAsync("17841400000000000");
        _callers.Program("crm", _account.Id);
        _callers.Person("agent", _account.Id);
        _crm = _store.Client("crm");
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_send_that_Meta_accepts_in_time_is_answered_as_sent()
    {
        _sender.Report = FakeSender.Script.Send;

        var response = await SendAsync("""{TO,"message":"hi","metadata":{"order":7}}""");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var answer = await Json(response);
        answer.GetProperty("status").GetString().ShouldBe("sent");
        answer.GetProperty("recipient_id").GetString().ShouldBe("42");
        answer.GetProperty("sent_at").GetString().ShouldBe("2026-05-01T12:00:05.000Z");
        answer.GetProperty("metadata").GetProperty("order").GetInt32().ShouldBe(7);
        var command = _sender.Commands.ShouldHaveSingleItem();
        answer.GetProperty("instagram_message_id").GetString().ShouldBe("mid-" + command.MessageId);
        command.Content.ShouldBe(new OutgoingText("hi"));
        command.HumanAgentTag.ShouldBeFalse();
        command.ExpiresAt.ShouldBe(_clock.GetUtcNow() + TimeSpan.FromDays(1), "the customer never wrote, as far as we know");
        command.AccountVersion.ShouldBe(_account.Version);
        await using var db = _store.Read();
        (await db.Events.OrderBy(e => e.Sequence).Select(e => e.Type).ToListAsync()).ShouldBe(["message.status", "message.sent"]);
    }

    [Theory]
    [InlineData(31, HttpStatusCode.OK)]
    [InlineData(32, HttpStatusCode.UnprocessableEntity)]
    [InlineData(60, HttpStatusCode.UnprocessableEntity)]
    [InlineData(200, HttpStatusCode.BadRequest)]
    public async Task Metadata_that_could_not_be_written_back_is_refused(int inner, HttpStatusCode status)
    {
        _sender.Report = FakeSender.Script.Send;
        var response = await SendAsync($$"""{TO,"message":"hi","metadata":{{Nested(inner)}}}""");
        response.StatusCode.ShouldBe(status);
        if (status == HttpStatusCode.UnprocessableEntity)
            (await Json(response)).GetProperty("errors").TryGetProperty("metadata", out _).ShouldBeTrue();
        await ListsAnswerAsync();
    }

    [Theory]
    [InlineData(60)]
    [InlineData(250)]
    [InlineData(5_000)]
    public async Task Metadata_that_was_kept_before_there_was_a_limit_fails_no_list(int inner)
    {
        _sender.Report = FakeSender.Script.Send;
        var id = (await Json(await SendAsync("""{TO,"message":"hi","metadata":{"a":1}}"""))).GetProperty("message_id").GetString();
        await _store.UnitOfWork.ExecuteAsync(
            scope => scope.Db.Messages.ExecuteUpdateAsync(set => set.SetProperty(message => message.Metadata, Nested(inner))));
        await ListsAnswerAsync();
        (await _crm.GetAsync("/api/v1/messages/" + id)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_refusal_by_Meta_is_200_failed_and_a_lost_call_202_unknown()
    {
        _sender.Report = FakeSender.Script.Refuse;
        var refused = await SendAsync("""{TO,"message":"hi"}""");
        refused.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Json(refused)).GetProperty("error").GetProperty("code").GetString().ShouldBe("why_not");

        _sender.Report = FakeSender.Script.LoseSight;
        var lost = await SendAsync("""{TO,"message":"hi"}""");
        lost.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await Json(lost)).GetProperty("status").GetString().ShouldBe("unknown");
    }

    [Fact]
    public async Task Who_does_not_wait_is_answered_as_pending_and_can_ask_later()
    {
        var response = await SendAsync("""{TO,"message":"hi"}""", prefer: "respond-async");

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        response.Headers.GetValues("Preference-Applied").ShouldBe(["respond-async"]);
        var id = (await Json(response)).GetProperty("message_id").GetString();
        foreach (var path in (string[])[$"/api/v1/messages/{id}", $"/api/v1/messages/{id}/status"])
        {
            var state = await _crm.GetFromJsonAsync<JsonElement>(path);
            state.GetProperty("status").GetString().ShouldBe("pending");
            state.GetProperty("read_at").ValueKind.ShouldBe(JsonValueKind.Null);
        }

        _callers.Program("other", AccountId.Parse("acc_other"));
        (await _store.Client("other").GetAsync($"/api/v1/messages/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _crm.GetAsync("/api/v1/messages/nonsense")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_wait_that_ends_without_news_is_answered_as_pending()
    {
        var sending = SendAsync("""{TO,"message":"hi"}""", prefer: "wait=2");
        while (!sending.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.WhenAny(sending, Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System));
        }

        (await sending).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_wait_ends_when_the_process_is_told_to_stop()
    {
        var sending = SendAsync("""{TO,"message":"hi"}""", prefer: "wait=30");
        await Until(() => !_sender.Commands.IsEmpty);

        _store.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        // Its clock stands still, so nothing else can end it.
        (await sending.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_text_with_an_attachment_is_two_messages_the_attachment_first()
    {
        var answer = await Json(await SendAsync("""{TO,"message":"hi","attachment_url":"https://a.example/a.png"}""", prefer: "wait=0"));

        var parts = answer.GetProperty("messages").EnumerateArray().Select(part => part.GetProperty("message_id").GetString()).ToList();
        parts.Count.ShouldBe(2);
        answer.GetProperty("message_id").GetString().ShouldBe(parts[1]);
        answer.GetProperty("attachment_type").GetString().ShouldBe("image");
        await Until(() => _sender.Commands.Count == 2);
        _sender.Commands.Select(command => command.MessageId.Value).ShouldBe(parts);
        _sender.Commands.Select(command => command.Content).ShouldBe(
            [new OutgoingMedia("image", "https://a.example/a.png"), new OutgoingText("hi")]);
        await using var db = _store.Read();
        (await db.Messages.OrderBy(message => message.Sequence).Select(message => message.Id).ToListAsync()).Select(id => id.Value)
            .ShouldBe(parts!);
    }

    [Fact]
    public async Task Of_a_text_with_an_attachment_the_one_that_is_least_far_gives_the_status()
    {
        _sender.Report = command => command.Content is OutgoingMedia ? FakeSender.Script.Refuse(command) : FakeSender.Script.Send(command);

        var response = await SendAsync("""{TO,"message":"hi","attachment_url":"https://a.example/a.png"}""");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var answer = await Json(response);
        answer.GetProperty("status").GetString().ShouldBe("failed");
        answer.GetProperty("error").GetProperty("code").GetString().ShouldBe("why_not");
        answer.GetProperty("messages").EnumerateArray().Select(part => part.GetProperty("status").GetString()).ShouldBe(["failed", "sent"]);
    }

    [Theory]
    [InlineData("crm", "", "api")]
    [InlineData("agent", "", "ui")]
    [InlineData("agent", ""","sent_by":"automation" """, "automation")]
    [InlineData("crm", ""","sent_by":"human" """, "api")]
    public async Task The_origin_tells_where_it_was_written(string credential, string sentBy, string origin)
    {
        await SendAsync($$"""{TO,"message":"hi"{{sentBy}}}""", prefer: "wait=0", client: _store.Client(credential));

        await using var db = _store.Read();
        var body = JsonElement.Parse((await db.Events.SingleAsync()).Body);
        body.GetProperty("type").GetString().ShouldBe("message.status");
        body.GetProperty("data").GetProperty("origin").GetString().ShouldBe(origin);
        body.GetProperty("data").GetProperty("message").GetProperty("status").GetString().ShouldBe("pending");
    }

    [Fact]
    public async Task After_24_hours_only_a_persons_words_go_tagged_and_a_refusal_leaves_the_key_free()
    {
        await CustomerWroteAsync(_clock.GetUtcNow() - TimeSpan.FromDays(2));

        var refused = await SendAsync("""{TO,"message":"hi"}""", key: "k1");
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var problem = await Json(refused);
        problem.GetProperty("code").GetString().ShouldBe("window_closed");
        problem.GetProperty("closed_at").GetString().ShouldBe("2026-04-30T12:00:00.000Z");
        problem.GetProperty("rule").GetString().ShouldBe("24_hours");
        problem.GetProperty("next_step").GetString()!.ShouldContain("\"sent_by\":\"human\"");

        (await SendAsync("""{TO,"message":"hi","sent_by":"human"}""", key: "k1", prefer: "wait=0"))
            .StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await Until(() => !_sender.Commands.IsEmpty);
        var command = _sender.Commands.ShouldHaveSingleItem();
        command.HumanAgentTag.ShouldBeTrue();
        command.ExpiresAt.ShouldBe(_clock.GetUtcNow() + TimeSpan.FromDays(5));
    }

    [Fact]
    public async Task An_account_without_Metas_Human_Agent_feature_is_closed_after_24_hours_for_the_API_and_in_the_inbox()
    {
        await CustomerWroteAsync(_clock.GetUtcNow() - TimeSpan.FromDays(2));
        (await WindowAsync()).ShouldBe(("human_agent", "2026-05-06T12:00:00.000Z"));

        var manager = _store.Client("admin");
        var changed = await Json(await manager.PatchAsJsonAsync($"/api/v1/accounts/{_account.Id}", new { human_agent = false }));

        changed.GetProperty("human_agent").GetBoolean().ShouldBeFalse();
        (await WindowAsync()).ShouldBe(("closed", "2026-04-30T12:00:00.000Z"));
        var refused = await Json(await SendAsync("""{TO,"message":"hi","sent_by":"human"}"""));
        refused.GetProperty("rule").GetString().ShouldBe("human_agent_off");
        refused.GetProperty("closed_at").GetString().ShouldBe("2026-04-30T12:00:00.000Z");
        (await Json(await manager.PatchAsJsonAsync($"/api/v1/accounts/{_account.Id}", new { username = "shop" })))
            .GetProperty("human_agent").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task The_same_request_again_gets_the_first_answer_and_sends_nothing()
    {
        _sender.Report = FakeSender.Script.Send;
        var first = await SendAsync("""{TO,"message":"hi"}""", key: "k1");

        var again = await SendAsync("""{ "message":"hi", "idempotency_key":"ignored", TO }""", key: "k1");

        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        again.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        (await again.Content.ReadAsByteArrayAsync()).ShouldBe(await first.Content.ReadAsByteArrayAsync());
        first.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
        (await MessagesAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_pending_first_answer_is_replayed_as_it_was()
    {
        var first = await SendAsync("""{TO,"message":"hi","idempotency_key":"k1"}""", prefer: "wait=0");
        var again = await SendAsync("""{TO,"message":"hi","idempotency_key":"k1"}""");

        again.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_key_is_the_callers_own_and_for_one_request()
    {
        await SendAsync("""{TO,"message":"hi"}""", key: "k1", prefer: "wait=0");

        var reused = await SendAsync("""{TO,"message":"ho"}""", key: "k1");
        reused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await Json(reused)).GetProperty("code").GetString().ShouldBe("idempotency_key_reused");

        (await SendAsync("""{TO,"message":"ho"}""", key: "k1", prefer: "wait=0", client: _store.Client("agent")))
            .StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await MessagesAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task After_24_hours_a_key_is_free_again_and_swept()
    {
        await SendAsync("""{TO,"message":"hi"}""", key: "k1", prefer: "wait=0");
        await SendAsync("""{TO,"message":"hi"}""", key: "k2", prefer: "wait=0");
        _clock.Advance(TimeSpan.FromHours(24));

        (await SendAsync("""{TO,"message":"ho"}""", key: "k1", prefer: "wait=0")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await _store.Services.GetRequiredService<IdempotencySweep>().RoundAsync(CancellationToken.None);

        await using var db = _store.Read();
        (await db.Set<IdempotencyRecord>().Select(row => row.Key).ToListAsync()).ShouldBe([IdempotencyKey.Parse("k1")]);
    }

    [Fact]
    public async Task While_the_first_waits_a_repeat_is_409_and_once_its_process_must_be_dead_the_present_state_is_the_answer()
    {
        // The unit alone, without the request that would store its answer: what a kill -9 leaves.
        var accept = _store.Services.GetRequiredService<AcceptSend>();
        var request = SendRequest.Read(JsonElement.Parse(Body("""{TO,"message":"hi"}""")), false, out _)!;
        var id = MessageId.New(_clock);
        await accept.AcceptAsync(
            new SendWish(request, [id], Author.Undeclared, Origin.Api, "key_crm", IdempotencyKey.Parse("k1"), TimeSpan.FromSeconds(5)),
            CancellationToken.None);

        var early = await SendAsync("""{TO,"message":"hi"}""", key: "k1");
        early.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await Json(early)).GetProperty("code").GetString().ShouldBe("idempotency_in_progress");
        early.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(10));

        await ReportAsync(Reports.Sent(id, _account.Id, "m1"));
        _clock.Advance(TimeSpan.FromSeconds(10));
        var late = await SendAsync("""{TO,"message":"hi"}""", key: "k1");
        late.StatusCode.ShouldBe(HttpStatusCode.OK);
        late.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        (await Json(late)).GetProperty("instagram_message_id").GetString().ShouldBe("m1");
        (await MessagesAsync()).ShouldBe(1);
        (await (await SendAsync("""{TO,"message":"hi"}""", key: "k1")).Content.ReadAsStringAsync())
            .ShouldBe(await late.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Sixty_four_at_once_with_one_key_have_one_effect()
    {
        _sender.Report = FakeSender.Script.Send;

        var responses = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => SendAsync("""{TO,"message":"hi"}""", key: "k1")));

        responses.ShouldAllBe(response => response.StatusCode == HttpStatusCode.OK || response.StatusCode == HttpStatusCode.Conflict);
        responses.Count(response => response.IsSuccessStatusCode && !response.Headers.Contains("Idempotent-Replayed")).ShouldBe(1);
        (await MessagesAsync()).ShouldBe(1);
        _sender.Commands.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_client_that_goes_while_it_waits_has_sent_and_its_repeat_finds_the_answer()
    {
        using var gone = new CancellationTokenSource();
        var sending = SendAsync("""{TO,"message":"hi"}""", key: "k1", cancellationToken: gone.Token);
        await Until(() => !_sender.Commands.IsEmpty);
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(sending);

        HttpResponseMessage again = null!;
        await Until(async () => (again = await SendAsync("""{TO,"message":"hi"}""", key: "k1")).StatusCode != HttpStatusCode.Conflict);
        again.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await MessagesAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task An_account_that_is_not_the_callers_not_linked_or_not_there_is_one_and_the_same_403()
    {
        var theirs = await _store.LinkAsync("17841400000000001");
        var unlinked = await _store.LinkAsync("17841400000000002");
        _callers.Program("unlinked", unlinked.Id);
        await _store.UnitOfWork.ExecuteAsync(
            async scope => (await scope.Db.Accounts.SingleAsync(row => row.Id == unlinked.Id)).Unlink(_clock.GetUtcNow()));

        var details = new HashSet<string?>();
        (HttpClient, string)[] attempts =
        [
            (_crm, theirs.Id.Value),
            (_crm, "acc_nobody"),
            (_store.Client("admin"), "acc_nobody"),
            (_store.Client("unlinked"), unlinked.Id.Value),
        ];
        foreach (var (client, account) in attempts)
        {
            var response = await SendAsync($$"""{"account_id":"{{account}}","recipient_id":"42","message":"hi"}""", client: client);
            response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            var problem = await Json(response);
            problem.GetProperty("code").GetString().ShouldBe("account_not_yours");
            details.Add(problem.GetProperty("detail").GetString());
        }

        details.ShouldHaveSingleItem();
        (await MessagesAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("[]", 400)]
    [InlineData("{", 400)]
    [InlineData("""{TO,"message":"hi","message":"ho"}""", 400)]
    [InlineData("""{TO,"message":"\ud800"}""", 400)]
    [InlineData("""{TO,"message":"hi","metadata":{"\ud800":1}}""", 400)]
    [InlineData("""{TO}""", 422)]
    public async Task A_body_that_cannot_be_sent_is_refused(string body, int status) =>
        ((int)(await SendAsync(body)).StatusCode).ShouldBe(status);

    [Theory]
    [InlineData(" ")]
    [InlineData("ключ")]
    [InlineData("LONG")]
    public async Task A_key_that_is_none_is_refused(string key)
    {
        var response = await SendAsync(
            $$"""{TO,"message":"hi","idempotency_key":"{{(key == "LONG" ? new string('k', 256) : key == " " ? "" : key)}}"}""");

        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await Json(response)).GetProperty("errors").TryGetProperty("idempotency_key", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task An_upload_is_told_what_to_do_instead()
    {
        using var form = new MultipartFormDataContent { { new StringContent("hi"), "message" } };

        var response = await _crm.PostAsync("/api/v1/messages/send", form);

        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        var problem = await Json(response);
        problem.GetProperty("code").GetString().ShouldBe("unsupported_media_type");
        problem.GetProperty("detail").GetString()!.ShouldContain("attachment_url");
    }

    [Fact]
    public async Task A_body_of_more_than_64_KiB_is_refused() =>
        (await SendAsync($$"""{TO,"message":"{{new string('x', 70_000)}}"}""")).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);

    private static string Nested(int inner) => string.Concat(Enumerable.Repeat("""{"a":""", inner)) + "{}" + new string('}', inner);

    private async Task ListsAnswerAsync()
    {
        foreach (var credential in new[] { "crm", "agent", "admin" })
        {
            var list = await _store.Client(credential).GetAsync("/ui/conversations");
            list.StatusCode.ShouldBe(HttpStatusCode.OK);
            var page = JsonDocument.Parse(await list.Content.ReadAsStringAsync(), new JsonDocumentOptions { MaxDepth = 1_000 }).RootElement;
            foreach (var conversation in page.GetProperty("data").EnumerateArray())
            {
                (await _store.Client(credential).GetAsync($"/ui/conversations/{conversation.GetProperty("id")}/messages"))
                    .StatusCode.ShouldBe(HttpStatusCode.OK);
            }
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        string body, string? key = null, string? prefer = null, HttpClient? client = null, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/messages/send")
        {
            Content = new StringContent(Body(body), Encoding.UTF8, "application/json"),
        };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        if (prefer is not null) request.Headers.Add("Prefer", prefer);
        return await (client ?? _crm).SendAsync(request, cancellationToken);
    }

    private string Body(string body) =>
        body.Replace("TO", $"\"account_id\":\"{_account.Id}\",\"recipient_id\":\"42\"", StringComparison.Ordinal);

    private async Task<(string? State, string? ClosesAt)> WindowAsync()
    {
        var list = await _crm.GetFromJsonAsync<JsonElement>("/api/v1/conversations");
        var window = list.GetProperty("data").EnumerateArray().Single().GetProperty("window");
        return (window.GetProperty("state").GetString(), window.GetProperty("closes_at").GetString());
    }

    private static async Task<JsonElement> Json(HttpResponseMessage response) =>
        JsonElement.Parse(await response.Content.ReadAsStringAsync());

    private async Task<int> MessagesAsync()
    {
        await using var db = _store.Read();
        return await db.Messages.CountAsync();
    }

    private Task ReportAsync(SendReported report) => _store.UnitOfWork.ExecuteAsync(scope =>
        _store.Services.GetRequiredService<SendReports>().HandleAsync(
            scope, [new InstaMessenger.Contracts.BusItem<SendReported>("1", null, report)]));

    private Task CustomerWroteAsync(DateTimeOffset at) => _store.UnitOfWork.ExecuteAsync(scope =>
    {
        var conversation = Conversation.Begin(_account.Id, InstagramUserId.Parse("42"), at, ConversationId.New(_clock));
        var message = Message.Receive(
            conversation, MessageContent.OfText("hello"), InstagramMessageId.Parse("in-1"), at, at, MessageId.New(_clock));
        conversation.Add(message, at);
        scope.Db.Add(conversation);
        scope.Db.Add(message);
        return Task.CompletedTask;
    });

    private static Task Until(Func<bool> condition) => Until(() => Task.FromResult(condition()));

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!await condition()) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
    }
}
