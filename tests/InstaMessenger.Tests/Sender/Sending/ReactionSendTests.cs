using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Sender.Sending;

/// <summary>A reaction goes through the ledger like a message; done twice it is the same as once, so none is ever unknown.</summary>
public sealed class ReactionSendTests : SenderTests
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Graph.Answer = (context, _) => FakeGraph.Json(context, 200, """{"recipient_id":"42"}""");
        await Host.LinkAsync();
    }

    [Fact]
    public async Task It_is_sent_as_Meta_takes_it_and_taken_back_behind_it()
    {
        await Host.SendAsync(React("1", "love"), React("2", null));

        SendReported[] reports = [await Host.OutcomeAsync(), await Host.OutcomeAsync()];

        reports.Select(report => (report.Outcome, report.InstagramMessageId, report.Reaction)).ShouldBe(
        [
            (SendOutcome.Sent, null, new OutgoingReaction(InstagramMessageId.Parse("m1"), "love")),
            (SendOutcome.Sent, null, new OutgoingReaction(InstagramMessageId.Parse("m1"), null)),
        ]);
        (await Graph.NextAsync()).Body.ShouldBe(
            """{"recipient":{"id":"42"},"sender_action":"react","payload":{"message_id":"m1","reaction":"love"}}""");
        (await Graph.NextAsync()).Body.ShouldBe("""{"recipient":{"id":"42"},"sender_action":"unreact","payload":{"message_id":"m1"}}""");
    }

    [Fact]
    public async Task One_whose_answer_is_lost_is_done_again()
    {
        var first = Graph.Answer;
        Graph.Answer = (context, number) =>
        {
            if (number > 1) return first(context, number);
            context.Abort();
            return Task.CompletedTask;
        };
        await Host.SendAsync(React("1", "love"));

        (await Host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Later);
        (await Host.OutcomeAsync(TimeSpan.FromMilliseconds(200))).Outcome.ShouldBe(SendOutcome.Sent);
        Graph.Count.ShouldBe(2);
    }

    [Fact]
    public async Task One_that_Meta_does_not_take_in_time_is_given_up_and_holds_up_nothing()
    {
        Graph.Answer = FakeGraph.Error(500, 2);
        await Host.SendAsync(React("1", "love") with { ExpiresAt = Host.Clock.GetUtcNow().AddMinutes(10) }, Host.Text("2", "hello"));
        (await Host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Later);
        SendReported report;
        while ((report = await Host.OutcomeAsync(TimeSpan.FromSeconds(5))).Outcome == SendOutcome.Later) continue;

        (report.Outcome, report.Error!.Code).ShouldBe((SendOutcome.Rejected, "too_late"));
        report.Reaction.ShouldNotBeNull();
        (await Host.OutcomeAsync(TimeSpan.FromMilliseconds(200))).MessageId.ShouldBe(MessageId.Parse("msg_2"));
    }

    [Fact]
    public async Task One_whose_process_died_during_the_call_goes_back_to_the_queue()
    {
        await Host.SendAsync(React("1", "love"));
        await Host.OutcomeAsync();
        await Host.WriteAsync(DieInCallAsync);
        await Host.CloseAsync();

        await Host.OpenAsync(Graph.Address);

        (await Host.OutcomeAsync(TimeSpan.FromMilliseconds(200))).Outcome.ShouldBe(SendOutcome.Sent);
        (await Host.RowAsync("1")).State.ShouldBe(LedgerState.Sent);
    }

    private static Task DieInCallAsync(SenderDbContext db) => db.Database.ExecuteSqlRawAsync(
        "UPDATE ledger SET state = 'Claimed', claimed_until = called_at, claimed_by = 'dead/1', settled_at = NULL");

    private SendMessage React(string id, string? reaction) =>
        Host.Text(id) with { Content = new OutgoingReaction(InstagramMessageId.Parse("m1"), reaction) };
}
