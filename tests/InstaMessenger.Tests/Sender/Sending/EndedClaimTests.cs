using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Sender.Sending;

/// <summary>Sends that end without an answer of their call: their process died, their time is over, their row is rotten.</summary>
public sealed class EndedClaimTests : SenderTests
{
    private static readonly InstagramUserId Other = InstagramUserId.Parse("43");

    [Fact]
    public async Task A_send_whose_window_closes_while_it_waits_is_rejected_without_a_call()
    {
        await Host.SendAsync(Host.Text("1", expiresAt: Host.Clock.GetUtcNow().AddMinutes(1)));
        var rejected = await Host.OutcomeAsync(TimeSpan.FromSeconds(30));
        (rejected.Outcome, rejected.Error!.Code, rejected.Attempt).ShouldBe((SendOutcome.Rejected, "window_closed", 0));
        Graph.Count.ShouldBe(0);
        (await Host.RowAsync("1")).Content.ShouldBeNull();
    }

    [Fact]
    public async Task A_send_of_an_unlinked_account_is_rejected_without_a_call()
    {
        await Host.LinkAsync(version: 1);
        await Host.LinkAsync(version: 2, unlinked: true);
        await Host.SendAsync(Host.Text("1"));
        (await Host.OutcomeAsync(TimeSpan.FromSeconds(1))).Error!.Code.ShouldBe("account_unlinked");
        Graph.Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_claim_of_a_process_that_died_becomes_unknown_at_start_and_is_not_sent()
    {
        await Host.SendAsync(Host.Text("1"), Host.Text("2", to: Other));
        await ClaimAsync("1", TimeSpan.FromHours(1), called: true);
        await Host.CloseAsync();
        await Host.OpenAsync(Graph.Address);
        var unknown = await Host.OutcomeAsync();
        (unknown.MessageId, unknown.Outcome, unknown.Error!.Code).ShouldBe((MessageId.Parse("msg_1"), SendOutcome.Unknown, "interrupted"));

        await Host.LinkAsync();
        (await Host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_2"));
        Graph.Count.ShouldBe(1);
        (await Host.RowAsync("1")).Content.ShouldBe(new OutgoingText("hello"));
    }

    [Fact]
    public async Task A_claim_whose_time_is_over_becomes_unknown()
    {
        await Host.SendAsync(Host.Text("1"));
        await ClaimAsync("1", TimeSpan.FromMinutes(1), called: true);
        (await Host.OutcomeAsync(TimeSpan.FromSeconds(10))).Outcome.ShouldBe(SendOutcome.Unknown);
    }

    [Fact]
    public async Task A_claim_whose_call_never_began_is_sent_after_the_restart()
    {
        await Host.SendAsync(Host.Text("1"));
        await ClaimAsync("1", TimeSpan.FromHours(1), called: false);
        await Host.CloseAsync();
        await Host.OpenAsync(Graph.Address);
        await Host.LinkAsync();

        var sent = await Host.OutcomeAsync();
        (sent.Outcome, sent.Attempt).ShouldBe((SendOutcome.Sent, 2));
        Graph.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_claim_of_another_process_whose_call_never_began_goes_back_to_the_queue_when_its_time_is_over()
    {
        await Host.SendAsync(Host.Text("1"));
        await ClaimAsync("1", TimeSpan.FromMinutes(1), called: false);
        await Host.LinkAsync();
        (await Host.OutcomeAsync(TimeSpan.FromSeconds(10))).Outcome.ShouldBe(SendOutcome.Sent);
    }

    [Fact]
    public async Task A_rotten_row_is_rejected_and_told_and_the_others_go_on()
    {
        await Host.SendAsync(
            Host.Text("1"),
            Host.Text("2", to: Other),
            Host.Text("3", to: InstagramUserId.Parse("44")),
            Host.Text("4", to: InstagramUserId.Parse("45")));
        await Host.WriteAsync(async db =>
        {
            await db.Database.ExecuteSqlRawAsync("UPDATE ledger SET recipient_id = 'nobody' WHERE message_id = 'msg_1'");
            await db.Database.ExecuteSqlRawAsync(
                "UPDATE ledger SET content = '{\"kind\":\"hologram\"}' WHERE message_id = 'msg_2'".Replace("{", "{{").Replace("}", "}}"));
            await db.Database.ExecuteSqlRawAsync("UPDATE ledger SET content = 'no json' WHERE message_id = 'msg_3'");
        });
        await Host.LinkAsync();

        var outcomes = new Dictionary<string, string>();
        while (outcomes.Count < 4)
        {
            var report = await Host.OutcomeAsync();
            outcomes[report.MessageId.Value] = report.Error?.Code ?? report.Outcome.ToString();
        }

        outcomes.OrderBy(pair => pair.Key).Select(pair => pair.Value)
            .ShouldBe(["row_unreadable", "content_unreadable", "content_unreadable", "Sent"]);
        Graph.Count.ShouldBe(1);
    }

    private Task ClaimAsync(string id, TimeSpan until, bool called) => Host.WriteAsync(async db =>
    {
        var messageId = MessageId.Parse("msg_" + id);
        var row = await db.Ledger.SingleAsync(entry => entry.MessageId == messageId);
        row.Claim("dead", Host.Clock.GetUtcNow() + until);
        if (called) row.BeginCall(Host.Clock.GetUtcNow());
    });
}
