using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.Tests.Store.Outbound;

public sealed class CancelAndRetryTests : SendTests
{
    private static readonly SendError TakenBack = new("cancelled", "It was taken back.", true, null);

    [Fact]
    public async Task One_that_waits_is_cancelled_when_the_sender_says_that_no_call_was_made()
    {
        var id = Text(await Json(await SendAsync("""{TO,"message":"hi"}""", prefer: "wait=0")), "message_id")!;

        var cancelling = Crm.DeleteAsync($"/api/v1/messages/{id}");
        await Until(() => !Sender.Cancels.IsEmpty);
        await ReportAsync(Reports.Of(MessageId.Parse(id), Account.Id, SendOutcome.Rejected) with { Error = TakenBack });

        var cancelled = await cancelling;
        cancelled.StatusCode.ShouldBe(HttpStatusCode.OK);
        Text(await Json(cancelled), "status").ShouldBe("cancelled");
    }

    [Theory]
    [InlineData(SendOutcome.Sent)]
    [InlineData(SendOutcome.Unknown)]
    [InlineData(SendOutcome.Rejected)]
    public async Task One_that_Meta_may_have_or_that_is_settled_comes_too_late(SendOutcome outcome)
    {
        Sender.Report = command => outcome == SendOutcome.Sent
            ? FakeSender.Script.Send(command)
            : Reports.Of(command.MessageId, command.AccountId, outcome);
        var id = Text(await Json(await SendAsync("""{TO,"message":"hi"}""")), "message_id");

        var late = await Crm.DeleteAsync($"/api/v1/messages/{id}");

        late.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        Text(await Json(late), "code").ShouldBe("too_late");
        Callers.Program("other", AccountId.Parse("acc_other"));
        (await Store.Client("other").DeleteAsync($"/api/v1/messages/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_failed_and_can_succeed_is_sent_anew_once()
    {
        var failed = await FailAsync(retryable: true);
        Sender.Report = FakeSender.Script.Send;

        var retries = await Task.WhenAll(RetryAsync(failed), RetryAsync(failed));

        var again = await Json(retries.Single(retry => retry.StatusCode == HttpStatusCode.OK));
        (Text(again, "status"), again.GetProperty("metadata").GetProperty("order").GetInt32()).ShouldBe(("sent", 7));
        Text(again, "message_id").ShouldNotBe(failed);
        var second = await Json(retries.Single(retry => retry.StatusCode == HttpStatusCode.Conflict));
        (Text(second, "code"), Text(second, "retried_by")).ShouldBe(("already_retried", Text(again, "message_id")));
        Sender.Commands.Select(command => command.Content).ShouldBe([new OutgoingText("hi"), new OutgoingText("hi")]);
    }

    [Fact]
    public async Task What_would_fail_again_and_what_has_not_failed_is_not()
    {
        Text(await Json(await RetryAsync(await FailAsync(retryable: false))), "code").ShouldBe("not_retryable");
        Sender.Report = FakeSender.Script.Send;
        var sent = Text(await Json(await SendAsync("""{TO,"message":"hi"}""")), "message_id")!;
        Text(await Json(await RetryAsync(sent)), "code").ShouldBe("not_failed");
        (await RetryAsync("msg_1")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task One_that_failed_with_the_window_can_go_once_the_customer_has_written()
    {
        await CustomerWroteAsync(Clock.GetUtcNow().AddHours(-23));
        var failed = await FailAsync(retryable: false, code: "window_closed");
        Clock.Advance(TimeSpan.FromHours(2));
        Text(await Json(await RetryAsync(failed)), "rule").ShouldBe("24_hours");

        await ReceiveAsync(MetaPayloads.Envelope(
            "17841400000000000",
            Clock.GetUtcNow(),
            MetaPayloads.Text("17841400000000000", "42", "m2", "hello?", Clock.GetUtcNow())));
        Sender.Report = FakeSender.Script.Send;

        Text(await Json(await RetryAsync(failed)), "status").ShouldBe("sent");
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"sent_by\":\"automation\"")]
    public async Task What_a_program_wrote_is_never_tagged_as_a_persons_because_a_person_has_it_sent_anew(string sentBy)
    {
        await CustomerWroteAsync(Clock.GetUtcNow());
        var failed = await FailAsync(retryable: true, more: sentBy);
        Clock.Advance(TimeSpan.FromHours(30));
        Sender.Report = FakeSender.Script.Send;

        var refused = await Json(await RetryAsync(failed, client: Store.Client("agent")));

        (Text(refused, "code"), Text(refused, "rule"), Text(refused, "next_step")).ShouldBe(
            ("window_closed", "24_hours", "Let a person answer."));
        Sender.Commands.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("crm", ",\"sent_by\":\"human\"")]
    [InlineData("agent", "")]
    public async Task What_a_person_wrote_stays_a_persons_whoever_has_it_sent_anew_and_however_often(string caller, string sentBy)
    {
        await CustomerWroteAsync(Clock.GetUtcNow());
        var failed = await FailAsync(retryable: true, more: sentBy, client: Store.Client(caller));
        Clock.Advance(TimeSpan.FromHours(30));
        var again = Text(await Json(await RetryAsync(failed)), "message_id")!;
        Sender.Report = FakeSender.Script.Send;

        Text(await Json(await RetryAsync(again)), "status").ShouldBe("sent");

        Sender.Commands.Select(command => command.HumanAgentTag).ShouldBe([false, true, true]);
    }

    [Fact]
    public async Task An_unknown_one_is_sent_anew_only_by_who_takes_the_risk_and_in_its_place()
    {
        Sender.Report = FakeSender.Script.LoseSight;
        var unknown = Text(await Json(await SendAsync("""{TO,"message":"hi"}""")), "message_id")!;
        Sender.Report = FakeSender.Script.Send;
        Text(await Json(await RetryAsync(unknown)), "code").ShouldBe("may_double");

        Text(await Json(await RetryAsync(unknown, mayDouble: true)), "status").ShouldBe("sent");

        Sender.Commands.Select(command => command.InsteadOf?.Value).ShouldBe([null, unknown]);
    }

    /// <summary>
    /// The echo of the second settled the first, whose words are the same; the second was looked for, not found, and could be sent anew.
    /// </summary>
    [Fact]
    public async Task What_the_customer_has_by_the_one_in_whose_place_it_was_sent_is_not_sent_anew()
    {
        Sender.Report = FakeSender.Script.LoseSight;
        var first = Text(await Json(await SendAsync("""{TO,"message":"hi"}""")), "message_id")!;
        var second = Text(await Json(await RetryAsync(first, mayDouble: true)), "message_id")!;
        var third = Text(await Json(await RetryAsync(second, mayDouble: true)), "message_id")!;
        await ReportAsync(Reports.Sent(MessageId.Parse(first), Account.Id, "mid-1"));
        await ReportAsync(Reports.Of(MessageId.Parse(third), Account.Id, SendOutcome.Rejected) with
        {
            Error = new SendError("not_delivered", "Instagram does not have it.", true, null),
        });

        var refused = await Json(await RetryAsync(third));

        (Text(refused, "code"), Text(refused, "sent_as")).ShouldBe(("earlier_was_sent", first));
        Sender.Commands.Count.ShouldBe(3);
    }

    /// <summary>Without a key the second is told that there is one; with it, it is told which, by the same answer.</summary>
    [Fact]
    public async Task The_same_retry_again_gets_the_first_answer_and_sends_nothing()
    {
        var failed = await FailAsync(retryable: true);
        Sender.Report = FakeSender.Script.Send;

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RetryAsync(failed, key: "k1")));
        var again = await RetryAsync(failed, key: "k1");

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK || answer.StatusCode == HttpStatusCode.Conflict);
        var first = answers.Single(answer => answer.IsSuccessStatusCode && !answer.Headers.Contains("Idempotent-Replayed"));
        again.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        Text(await Json(await RetryAsync(failed, mayDouble: true, key: "k1")), "code").ShouldBe("idempotency_key_reused");
        Text(await Json(await RetryAsync(failed, key: "k2")), "code").ShouldBe("already_retried");
        Sender.Commands.Count.ShouldBe(2);
        // A key counts for one message: what is sent with it is another request.
        (await SendAsync("""{TO,"message":"ho"}""", key: "k1")).Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
    }

    private async Task<string> FailAsync(bool retryable, string code = "why_not", string more = "", HttpClient? client = null)
    {
        Sender.Report = command => Reports.Of(command.MessageId, command.AccountId, SendOutcome.Rejected) with
        {
            Error = new SendError(code, "Because.", retryable, null),
        };
        return Text(await Json(await SendAsync(
            $$$"""{TO,"message":"hi","metadata":{"order":7}{{{more}}}}""", client: client)), "message_id")!;
    }

    private async Task<HttpResponseMessage> RetryAsync(string id, bool mayDouble = false, HttpClient? client = null, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/messages/{id}/retry");
        if (mayDouble) request.Content = JsonContent.Create(new { even_if_it_may_double = true });
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return await (client ?? Crm).SendAsync(request);
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
