using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Data;

namespace InstaMessenger.Tests.Sender.Sending;

public sealed class CancelSendTests : IAsyncLifetime
{
    private FakeGraph _graph = null!;
    private SenderHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _graph = await FakeGraph.StartAsync();
        _host = await SenderHost.StartAsync(_graph.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _graph.DisposeAsync();
    }

    [Fact]
    public async Task One_that_waits_is_taken_back_and_a_part_behind_it_too()
    {
        await _host.SendAsync(_host.Text("1"), _host.Text("2", after: "1"));

        await _host.CancelAsync("1");

        var cancelled = await _host.OutcomeAsync();
        (cancelled.MessageId.Value, cancelled.Outcome, cancelled.Error!.Code).ShouldBe(("msg_1", SendOutcome.Rejected, "cancelled"));
        (await _host.OutcomeAsync(TimeSpan.FromSeconds(1))).Error!.Code.ShouldBe("earlier_part_failed");
        await _host.LinkAsync();
        _graph.Count.ShouldBe(0);
    }

    [Fact]
    public async Task One_whose_command_comes_behind_the_cancellation_is_never_sent()
    {
        await _host.LinkAsync();
        await _host.CancelAsync("1");
        await _host.SendAsync(_host.Text("1"), _host.Text("2"));

        (await _host.OutcomeAsync()).Error!.Code.ShouldBe("cancelled");
        (await _host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_2"));
        _graph.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Of_one_whose_call_is_under_way_nothing_is_taken_back()
    {
        await _host.LinkAsync();
        var release = new TaskCompletionSource();
        _graph.Answer = async (context, _) =>
        {
            await release.Task;
            await FakeGraph.Json(context, 200, """{"message_id":"mid.1"}""");
        };
        await _host.SendAsync(_host.Text("1"));
        await _graph.NextAsync();

        await _host.CancelAsync("1");
        release.SetResult();

        (await _host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Sent);
        await _host.CancelAsync("1");
        (await _host.RowAsync("1")).State.ShouldBe(LedgerState.Sent);
    }

    [Fact]
    public async Task An_unknown_one_is_given_up_only_when_it_is_sent_anew()
    {
        await _host.LinkAsync();
        _graph.Answer = FakeGraph.Error(500, 1);
        await _host.SendAsync(_host.Text("1"));
        (await _host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Unknown);

        await _host.CancelAsync("1");
        (await _host.RowAsync("1")).State.ShouldBe(LedgerState.Unknown);
        await _host.CancelAsync("1", giveUpUnknown: true);

        (await _host.OutcomeAsync()).Error!.Code.ShouldBe("given_up");
    }
}
