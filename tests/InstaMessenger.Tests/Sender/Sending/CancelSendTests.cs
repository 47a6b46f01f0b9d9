using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Data;

namespace InstaMessenger.Tests.Sender.Sending;

public sealed class CancelSendTests : SenderTests
{
    [Fact]
    public async Task One_that_waits_is_taken_back_and_a_part_behind_it_too()
    {
        await Host.SendAsync(Host.Text("1"), Host.Text("2", after: "1"));

        await Host.CancelAsync("1");

        var cancelled = await Host.OutcomeAsync();
        (cancelled.MessageId.Value, cancelled.Outcome, cancelled.Error!.Code).ShouldBe(("msg_1", SendOutcome.Rejected, "cancelled"));
        (await Host.OutcomeAsync(TimeSpan.FromSeconds(1))).Error!.Code.ShouldBe("earlier_part_failed");
        await Host.LinkAsync();
        Graph.Count.ShouldBe(0);
    }

    [Fact]
    public async Task One_whose_command_comes_behind_the_cancellation_is_never_sent()
    {
        await Host.LinkAsync();
        await Host.CancelAsync("1");
        await Host.SendAsync(Host.Text("1"), Host.Text("2"));

        (await Host.OutcomeAsync()).Error!.Code.ShouldBe("cancelled");
        (await Host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_2"));
        Graph.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Of_one_whose_call_is_under_way_nothing_is_taken_back()
    {
        await Host.LinkAsync();
        var release = new TaskCompletionSource();
        Graph.Answer = async (context, _) =>
        {
            await release.Task;
            await FakeGraph.Json(context, 200, """{"message_id":"mid.1"}""");
        };
        await Host.SendAsync(Host.Text("1"));
        await Graph.NextAsync();

        await Host.CancelAsync("1");
        release.SetResult();

        (await Host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Sent);
        await Host.CancelAsync("1");
        (await Host.RowAsync("1")).State.ShouldBe(LedgerState.Sent);
    }

    [Fact]
    public async Task An_unknown_one_stays_unknown()
    {
        await Host.LinkAsync();
        Graph.Answer = FakeGraph.Error(500, 1);
        await Host.SendAsync(Host.Text("1"));
        (await Host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Unknown);

        await Host.CancelAsync("1");

        (await Host.RowAsync("1")).State.ShouldBe(LedgerState.Unknown);
    }
}
