using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Deliveries;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.CrmForwarder.Deliveries;

public sealed class LaneTests
{
    private const int Most = 16;

    private static readonly DeliveryTarget Target = new(
        "whe_1", "https://crm.example", PostSecrets.None, "acc_1", Proven: true, Claim: "");

    private static readonly DeliveryTarget Ordered = Target with { Ordered = true };

    private readonly Lane _lane = new("whe_1", Most, TimeProvider.System);

    [Fact]
    public void Deliveries_of_one_conversation_start_one_after_another_in_order()
    {
        Read(Delivery(1, "conv_a"), Delivery(2, "conv_a"), Delivery(3, "conv_b"));

        var first = Take();
        first.Id.ShouldBe(1);
        Take().Id.ShouldBe(3);
        _lane.TryTake(out _).ShouldBeFalse();

        Finish(first, Verdict.Failed);
        Take().Id.ShouldBe(2);
    }

    [Fact]
    public void In_an_ordered_lane_a_failure_keeps_back_what_is_behind_it_until_it_is_recorded()
    {
        ReadInOrder(Delivery(1, "conv_a"), Delivery(2, "conv_a"), Delivery(3, "conv_b"));
        Finish(Take(), Verdict.Failed);
        Take().Id.ShouldBe(3);
        _lane.TryTake(out _).ShouldBeFalse();

        // Read before the failure was recorded: the database does not know yet that the second one has to wait.
        _lane.Hint();
        _lane.BeginRead().ShouldBe([1, 3], ignoreOrder: true);
        _lane.EndRead(new LanePage(Ordered, [Delivery(2, "conv_a")], false));
        _lane.TryTake(out _).ShouldBeFalse();

        _lane.WantsPage.ShouldBeFalse();
        _lane.Recorded(1);
        _lane.WantsPage.ShouldBeTrue();
    }

    /// <summary>On a busy machine the one behind it was posted first.</summary>
    [Fact]
    public void In_an_ordered_lane_a_failure_that_is_recorded_before_the_lane_hears_of_it_keeps_back_what_is_behind_it()
    {
        ReadInOrder(Delivery(1, "conv_a"), Delivery(2, "conv_a"), Delivery(3, "conv_b"));
        var failed = Take();
        _lane.Hint();
        _lane.BeginRead();
        _lane.Recorded(1);
        Finish(failed, Verdict.Failed);
        Take().Id.ShouldBe(3);
        _lane.TryTake(out _).ShouldBeFalse();

        // It began to read before the failure was recorded.
        _lane.EndRead(new LanePage(Ordered, [Delivery(4, "conv_a")], false));
        _lane.TryTake(out _).ShouldBeFalse();

        // What was left out is asked for again.
        _lane.WantsPage.ShouldBeTrue();
    }

    [Fact]
    public void In_an_ordered_lane_a_failure_whose_retry_is_read_before_the_lane_hears_of_it_is_asked_for_again()
    {
        ReadInOrder(Delivery(1, "conv_a"));
        var failed = Take();
        _lane.Recorded(1);
        ReadInOrder(Delivery(1, "conv_a"), Delivery(2, "conv_a"));
        Finish(failed, Verdict.Failed);

        _lane.WantsPage.ShouldBeTrue();
        _lane.BeginRead().ShouldBeEmpty();
        _lane.EndRead(new LanePage(Ordered, [Delivery(1, "conv_a"), Delivery(2, "conv_a")], false));
        Take().Id.ShouldBe(1);
    }

    [Fact]
    public void An_endpoint_gets_no_more_posts_in_a_second_than_it_takes()
    {
        var clock = new FakeTimeProvider();
        var lane = new Lane("whe_1", Most, clock);
        lane.Hint();
        lane.BeginRead();
        lane.EndRead(new LanePage(Target with { MaxPerSecond = 4 }, [Delivery(1), Delivery(2), Delivery(3)], false));
        lane.TryTake(out _).ShouldBeTrue();
        lane.TryTake(out _).ShouldBeFalse();
        lane.RateWait.ShouldBe(TimeSpan.FromMilliseconds(250));
        clock.Advance(TimeSpan.FromMilliseconds(250));
        lane.TryTake(out _).ShouldBeTrue();
        lane.TryTake(out _).ShouldBeFalse();
    }

    [Fact]
    public void What_was_read_ahead_of_an_endpoint_that_another_process_changed_is_read_anew()
    {
        Read(Delivery(1));
        _lane.Check(Target.ChangedAt);
        _lane.WantsPage.ShouldBeFalse();
        _lane.Check(null);
        _lane.TryTake(out _).ShouldBeFalse();
        _lane.WantsPage.ShouldBeTrue();
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
        foreach (var delivery in started) Finish(delivery, Verdict.Delivered);
        TakeAll().Count.ShouldBe(Most);
    }

    [Fact]
    public void A_crm_that_hangs_is_left_one_slot()
    {
        Read([.. Enumerable.Range(1, 100).Select(id => Delivery(id))]);
        foreach (var delivery in TakeAll()) Finish(delivery, Verdict.TimedOut);
        TakeAll().Count.ShouldBe(1);
    }

    [Fact]
    public void What_is_not_recorded_is_not_read_again()
    {
        Read(Delivery(1), Delivery(2));
        Finish(Take(), Verdict.Delivered);
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
        for (var taken = 0; taken < 65; taken++)
        {
            var delivery = Take();
            Finish(delivery, Verdict.Delivered);
            _lane.Recorded(delivery.Id);
        }

        _lane.WantsPage.ShouldBeTrue();
    }

    [Fact]
    public void After_a_410_nothing_starts_and_nothing_is_read_until_it_is_recorded()
    {
        Read(Delivery(1), Delivery(2));
        Finish(Take(), Verdict.Gone);

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
        Finish(delivery, Verdict.Gone);

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
    public void An_endpoint_that_never_answered_yet_has_one_post_until_it_does()
    {
        _lane.Hint();
        _lane.BeginRead();
        _lane.EndRead(new LanePage(Target with { Proven = false }, [.. Enumerable.Range(1, 8).Select(id => Delivery(id))], false));
        var first = TakeAll();
        first.Count.ShouldBe(1);
        Finish(first[0], Verdict.Delivered);
        TakeAll().Count.ShouldBe(2);
        _lane.Target!.Proven.ShouldBeTrue();
    }

    [Fact]
    public void An_endpoint_that_another_process_wants_is_given_away_once_all_is_recorded()
    {
        Read(Delivery(1), Delivery(2));
        var delivery = Take();
        _lane.Yield();
        _lane.TryTake(out _).ShouldBeFalse();
        _lane.HasYielded.ShouldBeFalse();
        Finish(delivery, Verdict.Delivered);
        _lane.HasYielded.ShouldBeFalse();
        _lane.Recorded(1);
        _lane.HasYielded.ShouldBeTrue();
        _lane.Hint();
        _lane.WantsPage.ShouldBeFalse();
        _lane.Yielded();
        _lane.WantsPage.ShouldBeFalse();
        _lane.Hint();
        _lane.WantsPage.ShouldBeTrue();
    }

    /// <summary>While a database was slow, a kill repeated up to a thousand posts of an endpoint.</summary>
    [Fact]
    public void No_more_than_128_results_wait_to_be_recorded()
    {
        Read([.. Enumerable.Range(1, 300).Select(id => Delivery(id))]);
        var posted = new List<DueDelivery>();
        while (_lane.TryTake(out var delivery))
        {
            posted.Add(delivery);
            Finish(delivery, Verdict.Delivered);
        }

        posted.Count.ShouldBe(128);
        _lane.Recorded(posted[0].Id);
        Finish(Take(), Verdict.Delivered);
        _lane.TryTake(out _).ShouldBeFalse();
        _lane.GivenUp(posted[1].Id);
        Finish(Take(), Verdict.Delivered);
        _lane.TryTake(out _).ShouldBeFalse();
    }

    [Fact]
    public void A_result_that_is_recorded_before_the_lane_hears_that_its_post_ended_waits_for_nothing()
    {
        Read([.. Enumerable.Range(1, 300).Select(id => Delivery(id))]);
        for (var n = 0; n < 200; n++)
        {
            var delivery = Take();
            _lane.Recorded(delivery.Id);
            Finish(delivery, Verdict.Delivered);
        }

        TakeAll().Count.ShouldBe(Most);
    }

    [Fact]
    public void What_is_posted_anew_keeps_its_slot_until_it_is_recorded_and_what_happens_now_does_not_wait_for_it()
    {
        Read([.. Enumerable.Range(1, 5).Select(id => Delivery(id))]);
        foreach (var delivery in Enumerable.Range(0, 5).Select(_ => Take()))
        {
            Finish(delivery, Verdict.Delivered);
            _lane.Recorded(delivery.Id);
        }

        Read([.. Enumerable.Range(101, 50).Select(id => Delivery(id) with { IsReplay = true })]);
        var anew = new List<DueDelivery>();
        while (_lane.TryTake(out var delivery))
        {
            anew.Add(delivery);
            Finish(delivery, Verdict.Delivered);
        }

        anew.Count.ShouldBe(Most / 2);
        Read(Delivery(6));
        Take().Id.ShouldBe(6);
        _lane.Recorded(anew[0].Id);
        TakeAll().ShouldHaveSingleItem().IsReplay.ShouldBeTrue();
    }

    [Theory]
    [InlineData(nameof(Verdict.Delivered), 200, 14, true)]
    [InlineData(nameof(Verdict.Failed), 503, 1, true)]
    [InlineData(nameof(Verdict.Gone), 410, 1, true)]
    [InlineData(nameof(Verdict.Failed), 503, 14, false)] // an answer, after as long as one that hangs
    [InlineData(nameof(Verdict.Failed), null, 14, false)] // held, then cut
    [InlineData(nameof(Verdict.TimedOut), null, 15, false)]
    [InlineData(nameof(Verdict.Failed), null, 0, null)] // refused at once
    [InlineData(nameof(Verdict.Refused), null, 0, null)]
    public void What_an_attempt_says_of_its_endpoint(string verdict, int? status, int seconds, bool? proven) =>
        new AttemptResult(
            Delivery(1),
            Target,
            Enum.Parse<Verdict>(verdict),
            status,
            null,
            null,
            default,
            TimeSpan.FromSeconds(seconds)).ProvesEndpoint.ShouldBe(proven);

    private static DueDelivery Delivery(long id, string? conversation = null) => new(
        id, EventId.Parse("evt_" + id), conversation is null
            ? null
            : ConversationId.Parse(conversation), [], null, 0, 0, DateTimeOffset.UnixEpoch);

    private void Read(params DueDelivery[] deliveries) => Read(full: false, deliveries);

    private void Read(bool full, DueDelivery[] deliveries) => Read(new LanePage(Target, deliveries, full));

    private void ReadInOrder(params DueDelivery[] deliveries) => Read(new LanePage(Ordered, deliveries, false));

    private void Read(LanePage page)
    {
        _lane.Hint();
        _lane.BeginRead();
        _lane.EndRead(page);
    }

    private void Finish(DueDelivery delivery, Verdict verdict) =>
        _lane.Finished(
            delivery, new AttemptResult(delivery, Target, verdict, verdict is Verdict.TimedOut ? null : 200, null, null, default, default));

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
