using System.Net;
using System.Net.Http.Json;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Data;

namespace InstaMessenger.Tests.Sender.Sending;

/// <summary>
/// A send and the one that is made in its place: an operator who has the first sent again and a client who has it sent anew, in the same
/// moment, gave the customer both.
/// </summary>
public sealed class ReplacementTests : SenderTests
{
    [Fact]
    public async Task One_that_is_unknown_is_given_up_for_the_one_in_its_place()
    {
        await UnknownAsync();

        await Host.SendAsync(Anew);

        SendReported[] ends = [await Host.OutcomeAsync(), await Host.OutcomeAsync()];
        ends.Select(end => (end.MessageId.Value, end.Outcome, end.Error?.Code)).ShouldBe(
            [("msg_1", SendOutcome.Rejected, "given_up"), ("msg_2", SendOutcome.Sent, null)], ignoreOrder: true);
        Graph.Count.ShouldBe(2);
        (await SettleAsync()).ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task While_the_first_is_being_sent_again_the_one_in_its_place_is_not_sent()
    {
        await UnknownAsync();
        var release = new TaskCompletionSource();
        Graph.Answer = async (context, _) =>
        {
            await release.Task;
            await FakeGraph.Json(context, 200, """{"message_id":"mid.1"}""");
        };
        (await SettleAsync()).ShouldBe(HttpStatusCode.OK);
        await Graph.NextAsync();

        await Host.SendAsync(Anew);

        (await EndOfAsync("msg_2")).Error!.Code.ShouldBe("earlier_under_way");
        release.SetResult();
        (await EndOfAsync("msg_1")).Outcome.ShouldBe(SendOutcome.Sent);
        await Host.SendAsync(Anew with { MessageId = MessageId.Parse("msg_3") });
        (await EndOfAsync("msg_3")).Error!.Code.ShouldBe("earlier_was_sent");
        Graph.Count.ShouldBe(2);
    }

    [Fact]
    public async Task One_that_is_queued_again_and_not_called_yet_gives_way()
    {
        await UnknownAsync();
        await Host.WriteAsync(async db =>
        {
            var first = db.Ledger.Single();
            first.SendAgain(Host.Clock.GetUtcNow() + TimeSpan.FromHours(1));
            await db.SaveChangesAsync();
        });

        await Host.SendAsync(Anew);

        (await EndOfAsync("msg_2")).Outcome.ShouldBe(SendOutcome.Sent);
        (await Host.RowAsync("1")).State.ShouldBe(LedgerState.Rejected);
        Graph.Count.ShouldBe(2);
    }

    private SendMessage Anew => Host.Text("2") with { InsteadOf = MessageId.Parse("msg_1") };

    private async Task UnknownAsync()
    {
        await Host.LinkAsync();
        var well = Graph.Answer;
        Graph.Answer = FakeGraph.Error(500, 1);
        await Host.SendAsync(Host.Text("1"));
        (await Host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Unknown);
        await Graph.NextAsync();
        Graph.Answer = well;
    }

    private async Task<HttpStatusCode> SettleAsync() =>
        (await Host.Http.PostAsJsonAsync("/api/v1/sends/msg_1/settle", new { outcome = "resend" })).StatusCode;

    private async Task<SendReported> EndOfAsync(string message)
    {
        while (true)
        {
            var end = await Host.OutcomeAsync();
            if (end.MessageId.Value == message && end.Outcome != SendOutcome.Later) return end;
        }
    }
}
