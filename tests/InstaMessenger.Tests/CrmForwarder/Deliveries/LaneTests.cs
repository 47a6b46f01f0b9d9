using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Deliveries;

namespace InstaMessenger.Tests.CrmForwarder.Deliveries;

public sealed class LaneTests
{
    private const int Most = 16;

    private static readonly DeliveryTarget Target = new("whe_1", "https://crm.example", []);

    private readonly Lane _lane = new("whe_1", Most);

    [Fact]
    public void Deliveries_of_one_conversation_start_one_after_another_in_order()
    {
        Read(Delivery(1, "conv_a"), Delivery(2, "conv_a"), Delivery(3, "conv_b"));

        var first = Take();
        first.Id.ShouldBe(1);
        Take().Id.ShouldBe(3);
        _lane.TryTake(out _).ShouldBeFalse();

        _lane.Finished(first, Verdict.Failed);
        Take().Id.ShouldBe(2);
    }

    [Fact]
    public void Deliveries_without_a_conversation_wait_for_nobody()
    {
        Read(Delivery(1), Delivery(2));
        Take();
        Take().Id.ShouldBe(2);
    }

    [Fact]
    public void A_lane_starts_with_few_and_doubles_with_each_success()
    {
        Read([.. Enumerable.Range(1, 100).Select(id => Delivery(id))]);
        var started = TakeAll();
        started.Count.ShouldBe(4);
        foreach (var delivery in started) _lane.Finished(delivery, Verdict.Delivered);
        TakeAll().Count.ShouldBe(Most);
    }

    [Fact]
    public void A_crm_that_hangs_is_left_one_slot()
    {
        Read([.. Enumerable.Range(1, 100).Select(id => Delivery(id))]);
        foreach (var delivery in TakeAll()) _lane.Finished(delivery, Verdict.TimedOut);
        TakeAll().Count.ShouldBe(1);
    }

    [Fact]
    public void What_is_not_recorded_is_not_read_again()
    {
        Read(Delivery(1), Delivery(2));
        _lane.Finished(Take(), Verdict.Delivered);
        _lane.Hint();
        _lane.BeginRead().ShouldBe([1, 2], ignoreOrder: true);
        _lane.EndRead(new LanePage(Target, [], false));

        _lane.Recorded(1);
        _lane.Hint();
        _lane.BeginRead().ShouldBe([2]);
    }

    [Fact]
    public void A_page_is_read_ahead_before_the_last_one_is_used_up()
    {
        Read(full: true, [.. Enumerable.Range(1, 128).Select(id => Delivery(id))]);
        _lane.WantsPage.ShouldBeFalse();
        for (var taken = 0; taken < 65; taken++) _lane.Finished(Take(), Verdict.Delivered);
        _lane.WantsPage.ShouldBeTrue();
    }

    [Fact]
    public void After_a_410_nothing_starts_and_nothing_is_read_until_it_is_recorded()
    {
        Read(Delivery(1), Delivery(2));
        _lane.Finished(Take(), Verdict.Gone);

        _lane.TryTake(out _).ShouldBeFalse();
        _lane.WantsPage.ShouldBeFalse();
        _lane.Recorded(1);
        _lane.WantsPage.ShouldBeTrue();
    }

    [Fact]
    public void A_410_that_is_recorded_before_the_lane_hears_of_it_does_not_stop_the_lane_for_ever()
    {
        Read(Delivery(1), Delivery(2));
        var delivery = Take();
        _lane.Recorded(1);
        _lane.Finished(delivery, Verdict.Gone);

        _lane.TryTake(out _).ShouldBeFalse();
        _lane.WantsPage.ShouldBeTrue();
    }

    [Fact]
    public void A_page_read_before_the_endpoint_changed_is_thrown_away()
    {
        _lane.Hint();
        _lane.BeginRead();
        _lane.Refresh();
        _lane.EndRead(new LanePage(Target, [Delivery(1)], false));

        _lane.TryTake(out _).ShouldBeFalse();
        _lane.WantsPage.ShouldBeTrue();
    }

    [Fact]
    public void What_was_read_ahead_for_an_endpoint_that_is_no_longer_active_does_not_start()
    {
        Read(Delivery(1));
        _lane.Hint();
        _lane.BeginRead();
        _lane.EndRead(new LanePage(null, [], false));
        _lane.TryTake(out _).ShouldBeFalse();
    }

    [Fact]
    public void Endpoints_take_turns()
    {
        var lanes = new LaneSet(new DeliveryOptions { Most = 6 });
        foreach (var endpoint in (string[])["whe_1", "whe_2", "whe_3"])
        {
            lanes.Of(endpoint).BeginRead();
            lanes.Of(endpoint).EndRead(new LanePage(Target, [.. Enumerable.Range(1, 100).Select(id => Delivery(id))], false));
        }

        var taken = new List<string>();
        while (lanes.TryTake(out var lane, out _)) taken.Add(lane.EndpointId);
        taken.CountBy(endpoint => endpoint).ShouldAllBe(endpoint => endpoint.Value == 2);
        taken.Count.ShouldBe(6);
    }

    [Fact]
    public void An_endpoint_without_work_is_forgotten_and_one_with_a_post_in_flight_is_not()
    {
        var lanes = new LaneSet(new DeliveryOptions());
        var (idle, busy) = (lanes.Of("whe_1"), lanes.Of("whe_2"));
        busy.BeginRead();
        busy.EndRead(new LanePage(Target, [Delivery(1)], false));
        lanes.TryTake(out _, out _).ShouldBeTrue();
        busy.Recorded(1);

        lanes.Prune();
        lanes.Of("whe_1").ShouldNotBeSameAs(idle);
        lanes.Of("whe_2").ShouldBeSameAs(busy);
    }

    private static DueDelivery Delivery(long id, string? conversation = null) => new(
        id, EventId.Parse("evt_" + id), conversation is null ? null : ConversationId.Parse(conversation), [], null, 0, 0, DateTimeOffset.UnixEpoch);

    private void Read(params DueDelivery[] deliveries) => Read(full: false, deliveries);

    private void Read(bool full, DueDelivery[] deliveries)
    {
        _lane.Hint();
        _lane.BeginRead();
        _lane.EndRead(new LanePage(Target, deliveries, full));
    }

    private DueDelivery Take()
    {
        _lane.TryTake(out var delivery).ShouldBeTrue();
        return delivery!;
    }

    private List<DueDelivery> TakeAll()
    {
        var taken = new List<DueDelivery>();
        while (_lane.TryTake(out var delivery)) taken.Add(delivery);
        return taken;
    }
}
