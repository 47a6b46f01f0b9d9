using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Domain;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace InstaMessenger.Tests.Store.Outbound;

public sealed class SendEndpointTests : SendTests
{
    [Fact]
    public async Task A_send_that_Meta_accepts_in_time_is_answered_as_sent()
    {
        Sender.Report = FakeSender.Script.Send;

        var response = await SendAsync("""{TO,"message":"hi","metadata":{"order":7}}""");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var answer = await Json(response);
        answer.GetProperty("status").GetString().ShouldBe("sent");
        answer.GetProperty("recipient_id").GetString().ShouldBe("42");
        answer.GetProperty("sent_at").GetString().ShouldBe("2026-05-01T12:00:05.000Z");
        answer.GetProperty("metadata").GetProperty("order").GetInt32().ShouldBe(7);
        var command = Sender.Commands.ShouldHaveSingleItem();
        answer.GetProperty("instagram_message_id").GetString().ShouldBe("mid-" + command.MessageId);
        command.Content.ShouldBe(new OutgoingText("hi"));
        command.HumanAgentTag.ShouldBeFalse();
        command.ExpiresAt.ShouldBe(Clock.GetUtcNow() + TimeSpan.FromDays(1), "the customer never wrote, as far as we know");
        command.AccountVersion.ShouldBe(Account.Version);
        await using var db = Store.Read();
        (await db.Events.OrderBy(e => e.Sequence).Select(e => e.Type).ToListAsync()).ShouldBe(["message.status", "message.sent"]);
    }

    [Theory]
    [InlineData(31, HttpStatusCode.OK)]
    [InlineData(32, HttpStatusCode.UnprocessableEntity)]
    [InlineData(60, HttpStatusCode.UnprocessableEntity)]
    [InlineData(200, HttpStatusCode.BadRequest)]
    public async Task Metadata_that_could_not_be_written_back_is_refused(int inner, HttpStatusCode status)
    {
        Sender.Report = FakeSender.Script.Send;
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
        Sender.Report = FakeSender.Script.Send;
        var id = (await Json(await SendAsync("""{TO,"message":"hi","metadata":{"a":1}}"""))).GetProperty("message_id").GetString();
        await Store.UnitOfWork.ExecuteAsync(
            scope => scope.Db.Messages.ExecuteUpdateAsync(set => set.SetProperty(message => message.Metadata, Nested(inner))));
        await ListsAnswerAsync();
        (await Crm.GetAsync("/api/v1/messages/" + id)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_refusal_by_Meta_is_200_failed_and_a_lost_call_202_unknown()
    {
        Sender.Report = FakeSender.Script.Refuse;
        var refused = await SendAsync("""{TO,"message":"hi"}""");
        refused.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Json(refused)).GetProperty("error").GetProperty("code").GetString().ShouldBe("why_not");

        Sender.Report = FakeSender.Script.LoseSight;
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
            var state = await Crm.GetFromJsonAsync<JsonElement>(path);
            state.GetProperty("status").GetString().ShouldBe("pending");
            state.GetProperty("read_at").ValueKind.ShouldBe(JsonValueKind.Null);
        }

        Callers.Program("other", AccountId.Parse("acc_other"));
        (await Store.Client("other").GetAsync($"/api/v1/messages/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Crm.GetAsync("/api/v1/messages/nonsense")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_wait_that_ends_without_news_is_answered_as_pending()
    {
        var sending = SendAsync("""{TO,"message":"hi"}""", prefer: "wait=2");
        while (!sending.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.WhenAny(sending, Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System));
        }

        (await sending).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    /// <summary>While its account rests, or has no token that works. The client waited its five seconds for nothing.</summary>
    [Theory]
    [InlineData(31)]
    [InlineData(null)]
    public async Task What_cannot_go_out_in_time_is_answered_at_once(int? seconds)
    {
        DateTimeOffset? retryAt = seconds is { } s ? Clock.GetUtcNow().AddSeconds(s) : null;
        Sender.Report = command => Later(command, retryAt);

        // Its clock stands still, so no wait of its own ends.
        var answer = await SendAsync("""{TO,"message":"hi","attachment_url":"https://a.example/a.png"}""", prefer: "wait=30")
            .WaitAsync(Patience.Long, TimeProvider.System);

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var body = await Json(answer);
        body.GetProperty("status").GetString().ShouldBe("pending");
        body.GetProperty("error").GetProperty("code").GetString().ShouldBe("rate_limited");
    }

    [Fact]
    public async Task What_can_still_go_out_in_time_is_waited_for()
    {
        Sender.Report = command => Later(command, Clock.GetUtcNow().AddSeconds(2));
        var sending = SendAsync("""{TO,"message":"hi"}""", prefer: "wait=30");
        await Until(async () => await StatusEventsAsync() == 2);

        var command = Sender.Commands.Single();
        await ReportAsync(FakeSender.Script.Send(command)!);

        (await Json(await sending)).GetProperty("status").GetString().ShouldBe("sent");
    }

    [Fact]
    public async Task A_wait_ends_when_the_process_is_told_to_stop()
    {
        var sending = SendAsync("""{TO,"message":"hi"}""", prefer: "wait=30");
        await Until(() => !Sender.Commands.IsEmpty);

        Store.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        // Its clock stands still, so nothing else can end it.
        (await sending.WaitAsync(Patience.Long, TimeProvider.System)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_text_with_an_attachment_is_two_messages_the_attachment_first()
    {
        var answer = await Json(await SendAsync("""{TO,"message":"hi","attachment_url":"https://a.example/a.png"}""", prefer: "wait=0"));

        var parts = answer.GetProperty("messages").EnumerateArray().Select(part => part.GetProperty("message_id").GetString()).ToList();
        parts.Count.ShouldBe(2);
        answer.GetProperty("message_id").GetString().ShouldBe(parts[1]);
        answer.GetProperty("attachment_type").GetString().ShouldBe("image");
        await Until(() => Sender.Commands.Count == 2);
        Sender.Commands.Select(command => command.MessageId.Value).ShouldBe(parts);
        Sender.Commands.Select(command => command.Content).ShouldBe(
            [new OutgoingMedia("image", "https://a.example/a.png"), new OutgoingText("hi")]);
        await using var db = Store.Read();
        (await db.Messages.OrderBy(message => message.Sequence).Select(message => message.Id).ToListAsync()).Select(id => id.Value)
            .ShouldBe(parts!);
    }

    [Fact]
    public async Task Of_a_text_with_an_attachment_the_one_that_is_least_far_gives_the_status()
    {
        Sender.Report = command => command.Content is OutgoingMedia ? FakeSender.Script.Refuse(command) : FakeSender.Script.Send(command);

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
        await SendAsync($$"""{TO,"message":"hi"{{sentBy}}}""", prefer: "wait=0", client: Store.Client(credential));

        await using var db = Store.Read();
        var body = JsonElement.Parse((await db.Events.SingleAsync()).Body);
        body.GetProperty("type").GetString().ShouldBe("message.status");
        body.GetProperty("data").GetProperty("origin").GetString().ShouldBe(origin);
        body.GetProperty("data").GetProperty("message").GetProperty("status").GetString().ShouldBe("pending");
    }

    [Fact]
    public async Task An_answer_to_a_message_that_was_taken_back_is_refused()
    {
        await ReceiveAsync(MetaPayloads.Envelope("17841400000000000", Clock.GetUtcNow(), MetaPayloads.Text(
            "17841400000000000", "42", "m1", "How much?", Clock.GetUtcNow())));
        await ReceiveAsync(MetaPayloads.Envelope("17841400000000000", Clock.GetUtcNow(), MetaPayloads.Unsend(
            "17841400000000000", "42", "m1", Clock.GetUtcNow())));
        await using var db = Store.Read();
        var asked = await db.Messages.Select(row => row.Id).SingleAsync();

        var refused = await SendAsync($$"""{TO,"message":"Ten.","reply_to_message_id":"{{asked}}"}""");

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await Json(refused)).GetProperty("errors").GetProperty("reply_to_message_id")[0].GetString()!.ShouldContain("taken back");
        Sender.Commands.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_account_that_is_not_the_callers_not_linked_or_not_there_is_one_and_the_same_403()
    {
        var theirs = await Store.LinkAsync("17841400000000001");
        var unlinked = await Store.LinkAsync("17841400000000002");
        Callers.Program("unlinked", unlinked.Id);
        await Store.UnitOfWork.ExecuteAsync(
            async scope => (await scope.Db.Accounts.SingleAsync(row => row.Id == unlinked.Id)).Unlink(Clock.GetUtcNow()));

        var details = new HashSet<string?>();
        (HttpClient, string)[] attempts =
        [
            (Crm, theirs.Id.Value),
            (Crm, "acc_nobody"),
            (Store.Client("admin"), "acc_nobody"),
            (Store.Client("unlinked"), unlinked.Id.Value),
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
    [InlineData("", 400, null)]
    [InlineData("[]", 400, null)]
    [InlineData("{", 400, null)]
    [InlineData("""{TO,"message":"hi","message":"ho"}""", 422, "message")]
    [InlineData("""{TO,"message":"\ud800"}""", 422, "message")]
    [InlineData("""{TO,"message":"hi","metadata":{"\ud800":1}}""", 422, "metadata")]
    [InlineData("""{TO,"message":"hi","metadata":{"a":{"b":["\ud800"]}}}""", 422, "metadata.a.b[0]")]
    [InlineData("""{TO,"message":"hi","metadata":{"a":[{"b":1,"b":2}]}}""", 422, "metadata.a[0].b")]
    [InlineData("""{TO,"message":"hi","\ud800":1}""", 422, "body")]
    [InlineData("""{TO}""", 422, "message")]
    public async Task A_body_that_cannot_be_sent_is_refused_and_what_is_wrong_is_named(string body, int status, string? member)
    {
        using var response = await SendAsync(body);
        ((int)response.StatusCode).ShouldBe(status);
        var problem = await Json(response);
        problem.GetProperty("code").GetString().ShouldBe(status == 400 ? "bad_request" : "validation_failed");
        if (member is not null) problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe([member]);
    }

    [Fact]
    public async Task What_is_neither_JSON_nor_a_form_is_told_what_to_send_instead()
    {
        var response = await Crm.PostAsync("/api/v1/messages/send", new StringContent("message=hi"));

        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        var problem = await Json(response);
        problem.GetProperty("code").GetString().ShouldBe("unsupported_media_type");
        problem.GetProperty("detail").GetString()!.ShouldContain("multipart/form-data");
    }

    [Fact]
    public async Task A_body_of_more_than_64_KiB_is_refused() =>
        (await SendAsync($$"""{TO,"message":"{{new string('x', 70_000)}}"}""")).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);

    private static string Nested(int inner) => string.Concat(Enumerable.Repeat("""{"a":""", inner)) + "{}" + new string('}', inner);

    private static SendReported Later(SendMessage command, DateTimeOffset? retryAt) =>
        Reports.Of(command.MessageId, command.AccountId, SendOutcome.Later, attempt: 0) with
        {
            Error = new SendError("rate_limited", "The account rests.", true, retryAt),
        };

    private async Task<int> StatusEventsAsync()
    {
        await using var db = Store.Read();
        return await db.Events.CountAsync(row => row.Type == "message.status");
    }

    private async Task ListsAnswerAsync()
    {
        foreach (var credential in new[] { "crm", "agent", "admin" })
        {
            var list = await Store.Client(credential).GetAsync("/ui/conversations");
            list.StatusCode.ShouldBe(HttpStatusCode.OK);
            var page = JsonDocument.Parse(await list.Content.ReadAsStringAsync(), new JsonDocumentOptions { MaxDepth = 1_000 }).RootElement;
            foreach (var conversation in page.GetProperty("data").EnumerateArray())
            {
                (await Store.Client(credential).GetAsync($"/ui/conversations/{conversation.GetProperty("id")}/messages"))
                    .StatusCode.ShouldBe(HttpStatusCode.OK);
            }
        }
    }
}
