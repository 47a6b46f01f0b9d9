using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Data;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.Tests.Sender.Sending;

/// <summary>Claim, call, record: the whole way, with a real database and a Graph API over real HTTP.</summary>
public sealed class SendFlowTests : SenderTests
{
    private static readonly InstagramUserId Other = InstagramUserId.Parse("43");

    [Fact]
    public async Task A_send_is_announced_called_and_recorded_and_its_text_is_erased()
    {
        await Host.LinkAsync();
        await Host.SendAsync(Host.Text("1"));

        (await Host.Reports.Reader.ReadAsync(Patience.Token())).Outcome.ShouldBe(SendOutcome.Sending);
        var sent = await Host.Reports.Reader.ReadAsync(Patience.Token());
        (sent.Outcome, sent.Attempt, sent.InstagramMessageId).ShouldBe((SendOutcome.Sent, 1, InstagramMessageId.Parse("mid.1")));
        var call = await Graph.NextAsync();
        call.Path.ShouldBe("/v26.0/17841400000000001/messages");
        call.Authorization.ShouldBe("Bearer IGTOKEN");
        call.Body.ShouldBe("""{"recipient":{"id":"42"},"message":{"text":"hello"}}""");
        call.ContentLength.ShouldBe(call.Body.Length);
        var row = await Host.RowAsync("1");
        (row.State, row.Content, row.DueAt).ShouldBe((LedgerState.Sent, null, null));
    }

    [Fact]
    public async Task A_Page_sends_as_me()
    {
        await Host.LinkAsync(login: LoginType.Facebook);
        await Host.SendAsync(Host.Text("1"));
        (await Graph.NextAsync()).Path.ShouldBe("/v26.0/me/messages");
    }

    [Fact]
    public async Task A_command_that_comes_again_is_not_sent_again()
    {
        await Host.LinkAsync();
        await Host.SendAsync(Host.Text("1"), Host.Text("1"));
        await Host.OutcomeAsync();
        await Host.SendAsync(Host.Text("1"), Host.Text("2"));
        (await Host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_2"));
        Graph.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Messages_to_one_contact_stay_in_order_while_the_first_is_tried_again()
    {
        var success = Graph.Answer;
        Graph.Answer = (context, number) => number == 1 ? FakeGraph.Error(500, 1200)(context, number) : success(context, number);
        await Host.LinkAsync();
        await Host.SendAsync(Host.Text("1", "one"), Host.Text("2", "two"), Host.Text("3", "three"));
        (await Host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Later);
        for (var i = 0; i < 3; i++) (await Host.OutcomeAsync(TimeSpan.FromMilliseconds(200))).Outcome.ShouldBe(SendOutcome.Sent);

        foreach (var text in (string[])["one", "one", "two", "three"]) (await Graph.NextAsync()).Body.ShouldContain($"\"{text}\"");
    }

    [Fact]
    public async Task A_part_that_fails_stops_those_behind_it_and_no_other_message()
    {
        var success = Graph.Answer;
        Graph.Answer = (context, number) => number == 2 ? FakeGraph.Error(400, 551)(context, number) : success(context, number);
        await Host.LinkAsync();
        await Host.SendAsync(
            Host.Text("1", "one"), Host.Text("2", "two", after: "1"), Host.Text("3", "three", after: "2"),
            Host.Text("4", "four", after: "3"), Host.Text("5", "another"));

        var outcomes = new Dictionary<string, string>();
        while (outcomes.Count < 5)
        {
            var report = await Host.OutcomeAsync(TimeSpan.FromMilliseconds(500));
            outcomes[report.MessageId.Value] = report.Error?.Code ?? report.Outcome.ToString();
        }

        outcomes.OrderBy(pair => pair.Key).Select(pair => pair.Value)
            .ShouldBe(["Sent", "recipient_unavailable", "earlier_part_failed", "earlier_part_failed", "Sent"]);
        Graph.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_part_waits_for_an_unknown_one_before_it_until_that_is_found_or_looked_for_in_vain(bool echo)
    {
        var success = Graph.Answer;
        Graph.Answer = (context, number) => number == 1 ? FakeGraph.Error(500, 1)(context, number) : success(context, number);
        await Host.LinkAsync();
        await Host.SendAsync(Host.Text("1", "one"), Host.Text("2", "two", after: "1"));
        (await Host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Unknown);
        if (echo)
        {
            await Host.EchoAsync("1", "mid.7");
            (await Host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_1"));
        }

        var second = await Host.OutcomeAsync(TimeSpan.FromSeconds(1));

        (second.MessageId, second.Error?.Code).ShouldBe((MessageId.Parse("msg_2"), echo ? null : "earlier_part_failed"));
        Graph.Count.ShouldBe(echo ? 2 : 1);
    }

    [Fact]
    public async Task A_slow_call_holds_up_its_contact_and_nobody_else()
    {
        var release = new TaskCompletionSource();
        var success = Graph.Answer;
        Graph.Answer = async (context, number) =>
        {
            if (number == 1) await release.Task;
            await success(context, number);
        };
        await Host.LinkAsync();
        await Host.SendAsync(Host.Text("1"), Host.Text("2"));
        await Graph.NextAsync();
        await Host.SendAsync(Host.Text("3", to: Other));
        (await Host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_3"));
        (await Host.RowAsync("2")).State.ShouldBe(LedgerState.Queued);
        release.SetResult();
        (await Host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_1"));
        (await Host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_2"));
    }

    [Fact]
    public async Task An_echo_that_overtakes_the_answer_settles_the_send_once()
    {
        var release = new TaskCompletionSource();
        var success = Graph.Answer;
        Graph.Answer = async (context, number) =>
        {
            if (number == 1) await release.Task;
            await success(context, number);
        };
        await Host.LinkAsync();
        await Host.SendAsync(Host.Text("1"));
        await Graph.NextAsync();
        await Host.EchoAsync("1", "mid.1");
        (await Host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Sent);
        release.SetResult();
        await Host.SendAsync(Host.Text("2"));
        (await Host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_2"));
    }

    [Fact]
    public async Task A_refusal_that_is_not_known_waits_for_its_echo()
    {
        Graph.Answer = FakeGraph.Error(400, 20, 1772107);
        await Host.LinkAsync();
        await Host.SendAsync(Host.Text("1"));
        (await Host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Unknown);

        await Host.EchoAsync("1", "mid.1");

        (await Host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Sent);
        Host.Clock.Advance(TimeSpan.FromMinutes(2));
        (await Host.RowAsync("1")).State.ShouldBe(LedgerState.Sent);
        Graph.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_refusal_that_is_not_known_counts_once_no_echo_has_come()
    {
        Graph.Answer = FakeGraph.Error(400, 20, 1772107);
        await Host.LinkAsync();
        await Host.SendAsync(Host.Text("1"));
        var doubted = await Host.OutcomeAsync();
        var refused = await Host.OutcomeAsync(TimeSpan.FromSeconds(10));

        (refused.Outcome, refused.Error!.Code).ShouldBe((SendOutcome.Rejected, "meta_error"));
        (refused.At - doubted.At).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(60));
        Graph.Count.ShouldBe(1);
    }
}
