using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Sender.Graph;
using InstaMessenger.Sender.Sending;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Sender.Sending;

/// <summary>Accounts whose calls hang took all the slots there were, and nobody else sent for half a minute.</summary>
public sealed class CallSlotsTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly CallSlots _slots;
    private long _sequence;

    public CallSlotsTests() => _slots = new CallSlots(Options.Create(new SenderOptions()), _clock);

    [Fact]
    public void However_many_accounts_hang_half_of_the_slots_stay_for_those_that_are_answered()
    {
        Answered("acc_good");
        for (var i = 0; i < 100; i++) Take($"acc_bad{i}", 16);

        Take("acc_good", 100).ShouldBe(16);
    }

    [Fact]
    public void An_account_that_is_answered_gets_more_and_loses_it_when_a_call_hangs()
    {
        Take("acc_1", 100).ShouldBe(4);
        EndAll();
        Take("acc_1", 100).ShouldBe(16);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Take("acc_1", 100).ShouldBe(0);
        EndAll();
        Take("acc_1", 100).ShouldBe(4);
    }

    [Fact]
    public void There_are_never_more_calls_than_slots()
    {
        for (var i = 0; i < 10; i++) Answered($"acc_{i}");
        Enumerable.Range(0, 10).Sum(i => Take($"acc_{i}", 16)).ShouldBe(64);
    }

    /// <summary>A claim that seemed to have no call was released, and the send could have gone out twice.</summary>
    [Fact]
    public void An_attempt_whose_end_is_heard_of_after_the_next_one_began_does_not_end_that()
    {
        Take("acc_1", 1);
        var first = _inHand[0];
        var second = first with { Attempt = first.Attempt + 1 };
        _slots.Begin(second);

        _slots.End(first);

        _slots.Sequences().ShouldBe([first.Sequence]);
        _slots.End(second);
        _slots.Sequences().ShouldBeEmpty();
    }

    private void Answered(string account)
    {
        Take(account, 1);
        EndAll();
    }

    private readonly List<ClaimedSend> _inHand = [];

    private int Take(string account, int wanted)
    {
        var id = AccountId.Parse(account);
        var round = _slots.Begin();
        var taken = Enumerable.Range(0, wanted).Count(_ => round.TryTake(id));
        for (var i = 0; i < taken; i++)
        {
            var send = new ClaimedSend(
                ++_sequence, MessageId.Parse("msg_1"), 1, default, null, false,
                new GraphCall(
                    id,
                    InstagramAccountId.Parse("1"),
                    LoginType.Instagram,
                    null,
                    InstagramUserId.Parse("42"),
                    new OutgoingText("x"),
                    false));
            _slots.Begin(send);
            _inHand.Add(send);
        }

        return taken;
    }

    private void EndAll()
    {
        foreach (var send in _inHand) _slots.End(send);
        _inHand.Clear();
    }
}
