using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Events;

namespace InstaMessenger.Tests.Store.Events;

public sealed class LiveRingTests
{
    private static readonly AccountId Account = AccountId.Parse("acc_1");

    [Fact]
    public void The_last_events_are_there_and_older_ones_are_not()
    {
        var ring = new LiveRing(size: 4);
        ring.Restart(10);
        for (var i = 11; i <= 17; i++) ring.Add(Event(i));

        ring.Head.ShouldBe(17);
        Enumerable.Range(1, 20).Where(i => ring.TryGet(i, out _)).ShouldBe([14, 15, 16, 17]);
    }

    [Fact]
    public void Large_events_push_out_more_than_one()
    {
        var ring = new LiveRing(size: 100, mostBytes: 1000);
        for (var i = 1; i <= 20; i++) ring.Add(Event(i, 300));
        ring.Add(Event(21, 900));

        Enumerable.Range(1, 21).Where(i => ring.TryGet(i, out _)).ShouldBe([21]);
        ring.Add(Event(22, 5000));
        ring.TryGet(22, out _).ShouldBeFalse();
        ring.Add(Event(23, 10));
        ring.TryGet(23, out _).ShouldBeTrue();
    }

    [Fact]
    public void After_a_gap_in_the_log_nothing_before_it_is_shown_from_here()
    {
        var ring = new LiveRing(size: 4);
        ring.Add(Event(1));
        ring.Add(Event(5));

        Enumerable.Range(1, 5).Where(i => ring.TryGet(i, out _)).ShouldBe([5]);
    }

    [Fact]
    public void What_an_event_empties_is_not_shown_from_here()
    {
        EventId[] ids = [.. Enumerable.Range(1, 3).Select(n => EventId.Parse($"evt_{n}"))];
        var ring = new LiveRing(size: 8, mostBytes: 100);
        ring.Add(new LiveEvent(1, Account, "message.received", new byte[10], ids[0]));
        ring.Add(new LiveEvent(2, Account, "message.received", new byte[10], ids[1]));
        ring.Add(new LiveEvent(3, Account, "message.edited", new byte[10], ids[2]));
        ring.Add(new LiveEvent(4, Account, "message.deleted", new byte[10], EventId.Parse("evt_4"), [ids[0], ids[2]]));

        Enumerable.Range(1, 4).Where(i => ring.TryGet(i, out _)).ShouldBe([2, 4]);
        ring.Add(Event(5, 80));
        Enumerable.Range(1, 5).Where(i => ring.TryGet(i, out _)).ShouldBe([2, 4, 5], "what is forgotten takes no room");
    }

    private static LiveEvent Event(long sequence, int bytes = 10) => new(sequence, Account, "message.received", new byte[bytes]);
}
