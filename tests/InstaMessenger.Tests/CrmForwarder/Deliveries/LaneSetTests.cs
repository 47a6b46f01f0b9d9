using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Deliveries;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.CrmForwarder.Deliveries;

/// <summary>Who may post next. 160 endpoints that accept and hang once moved another tenant's delivery from 0.03 s to 25 s.</summary>
public sealed class LaneSetTests
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _clock = new();
    private readonly Dictionary<long, Post> _posts = [];
    private LaneSet _lanes = null!;

    public LaneSetTests() => Use(new DeliveryOptions());

    [Fact]
    public void Endpoints_take_turns()
    {
        Use(new DeliveryOptions { Most = 6 });
        foreach (var number in Enumerable.Range(1, 3)) Fill(number, proven: true);
        BeginAll().CountBy(post => post.Lane.EndpointId).ShouldAllBe(endpoint => endpoint.Value == 2);
    }

    [Fact]
    public void An_endpoint_without_work_is_forgotten_and_one_with_a_post_in_flight_is_not()
    {
        var (idle, busy) = (_lanes.Of("whe_1"), _lanes.Of("whe_2"));
        Fill(2, proven: true, deliveries: 1);
        _lanes.TryBegin("").ShouldNotBeNull();
        busy.Recorded(2_000);

        _lanes.Prune();
        _lanes.Of("whe_1").ShouldNotBeSameAs(idle);
        _lanes.Of("whe_2").ShouldBeSameAs(busy);
    }

    [Fact]
    public void Endpoints_that_never_answered_have_a_quarter_of_the_slots_and_one_each()
    {
        foreach (var number in Enumerable.Range(1, 160)) Fill(number, proven: false);
        var began = BeginAll();
        began.Count.ShouldBe(128 / 4);
        began.Select(post => post.Lane.EndpointId).ShouldBeUnique();
    }

    [Fact]
    public void A_proven_endpoint_begins_at_once_beside_any_number_that_hang()
    {
        foreach (var number in Enumerable.Range(1, 160)) Fill(number, proven: false);
        BeginAll();
        Fill(1_000, proven: true);
        BeginAll().ShouldAllBe(post => post.Lane.EndpointId == "whe_1000");
    }

    /// <summary>Forty that answer in 0.9 s had all 128 places nine tenths of the time.</summary>
    [Fact]
    public void Endpoints_that_answer_slowly_leave_places_to_the_others()
    {
        foreach (var number in Enumerable.Range(1, 40)) Fill(number, proven: true, deliveries: 16);
        BeginAll().Count.ShouldBeInRange(64, 125);
        Fill(1_000, proven: true);
        BeginAll().Count(post => post.Lane.EndpointId == "whe_1000").ShouldBeGreaterThanOrEqualTo(3);
    }

    /// <summary>With enough of them each had no more than its share, and they had all places together.</summary>
    [Fact]
    public void The_endpoints_of_one_user_leave_places_to_those_of_others_however_many_they_are()
    {
        foreach (var number in Enumerable.Range(1, 200)) Fill(number, proven: true, owner: "usr_1");
        var began = BeginAll();
        began.Count.ShouldBe(96);
        foreach (var number in Enumerable.Range(201, 200)) Fill(number, proven: true, owner: "usr_2");
        BeginAll().Select(post => post.Target.Owner).ShouldBe(Enumerable.Repeat("usr_2", 32));

        Finish(began[0], Verdict.Delivered);
        _clock.Advance(Slow);
        BeginAll().CountBy(post => post.Target.Owner!).ShouldAllBe(owner => owner.Value >= 32);
    }

    /// <summary>Those of one user that hang had all 32, and a new one of another user waited for them in turn.</summary>
    [Fact]
    public void The_untried_endpoints_of_one_user_leave_half_of_their_places_to_those_of_others()
    {
        foreach (var number in Enumerable.Range(1, 160)) Fill(number, proven: false, owner: "usr_1");
        BeginAll().Count.ShouldBe(16);
        Fill(1_000, proven: false, owner: "usr_2");
        Fill(1_001, proven: false);
        BeginAll().Select(post => post.Lane.EndpointId).ShouldBe(["whe_1000", "whe_1001"], ignoreOrder: true);

        // Given back as they turn out to be slow, and not twice when they end.
        _clock.Advance(Slow);
        BeginAll().CountBy(post => post.Target.Owner ?? "").ShouldBe([KeyValuePair.Create("usr_1", 16)]);
        foreach (var post in _posts.Values.ToList()) Finish(post, Verdict.TimedOut);
        BeginAll().Count(post => post.Target.Owner == "usr_1").ShouldBe(16);
    }

    [Fact]
    public void A_new_endpoint_waits_for_those_that_hang_only_until_they_are_known_to_be_slow()
    {
        foreach (var number in Enumerable.Range(1, 31)) Fill(number, proven: false);
        BeginAll();
        foreach (var number in Enumerable.Range(32, 10)) Fill(number, proven: false);
        BeginAll().Count.ShouldBe(1);
        _clock.Advance(Slow);
        // None of them has ended; they only stopped counting.
        BeginAll().Count.ShouldBe(9);
        _lanes.InFlight.ShouldBe(41);
    }

    /// <summary>Answering first and hanging then must not buy more than hanging at once.</summary>
    [Fact]
    public void Proven_endpoints_that_begin_to_hang_give_their_slots_back_after_a_second()
    {
        foreach (var number in Enumerable.Range(1, 150)) Fill(number, proven: true);
        BeginAll().Count.ShouldBe(128);
        Fill(1_000, proven: true);
        BeginAll().ShouldBeEmpty();
        _clock.Advance(Slow);
        BeginAll().ShouldContain(post => post.Lane.EndpointId == "whe_1000");
    }

    [Fact]
    public void An_endpoint_keeps_its_own_limit_however_slow_its_posts_are()
    {
        Fill(1, proven: true);
        for (var round = 0; round < 20; round++)
        {
            BeginAll();
            _clock.Advance(Slow);
        }

        _lanes.InFlight.ShouldBe(4);
    }

    [Fact]
    public void An_endpoint_that_timed_out_is_on_trial_again_until_it_answers()
    {
        Fill(1, proven: true);
        foreach (var post in BeginAll()) Finish(post, Verdict.TimedOut);
        var retry = BeginAll().ShouldHaveSingleItem();
        retry.OnTrial.ShouldBeTrue();
        Finish(retry, Verdict.Delivered);
        BeginAll().ShouldAllBe(post => !post.OnTrial);
    }

    [Fact]
    public void The_endpoints_of_one_account_have_no_more_slots_than_one_account_has()
    {
        Use(new DeliveryOptions { MostPerAccount = 6 });
        foreach (var number in Enumerable.Range(1, 5)) Fill(number, proven: true, account: "acc_1");
        Fill(6, proven: true, account: "acc_2");
        var began = BeginAll();
        began.Count(post => post.Target.Tenant == "acc_1").ShouldBe(6);
        began.Count(post => post.Target.Tenant == "acc_2").ShouldBe(4);

        Finish(began.First(post => post.Target.Tenant == "acc_1"), Verdict.Failed);
        BeginAll().Count(post => post.Target.Tenant == "acc_1").ShouldBe(1);
    }

    [Fact]
    public void Thousands_that_come_due_at_once_start_within_the_limits_of_their_endpoint()
    {
        Fill(1, proven: true, deliveries: 2_000);
        var (done, most) = (0, 0);
        while (done < 2_000)
        {
            var began = BeginAll();
            most = Math.Max(most, _lanes.InFlight);
            foreach (var post in began) Finish(post, Verdict.Delivered);
            done += began.Count;
        }

        most.ShouldBe(16);
    }

    [Fact]
    public void What_was_read_before_the_lease_was_lost_does_not_start_after_it()
    {
        Fill(1, proven: true);
        _lanes.TryBegin("a new claim").ShouldBeNull();
        _lanes.TryBegin("").ShouldNotBeNull();
    }

    [Fact]
    public void Slots_are_given_back_once_whether_a_post_ends_before_or_after_it_is_slow()
    {
        Use(new DeliveryOptions { Most = 8, MostPerEndpoint = 8 });
        Fill(1, proven: true);
        Fill(2, proven: true);
        for (var round = 0; round < 50; round++)
        {
            var began = BeginAll();
            began.Count.ShouldBe(8);
            foreach (var post in began.Take(4)) Finish(post, Verdict.Delivered);
            _clock.Advance(Slow);
            BeginAll().ShouldNotBeEmpty();
            foreach (var post in _posts.Values.ToList()) Finish(post, Verdict.Delivered);
        }

        _lanes.InFlight.ShouldBe(0);
    }

    private void Use(DeliveryOptions options) => _lanes = new LaneSet(options, _clock);

    private void Fill(int number, bool proven, string? account = null, int deliveries = 1_000, string? owner = null)
    {
        var target = new DeliveryTarget(
            $"whe_{number}", "https://crm.example", PostSecrets.None, account ?? $"acc_{number}", proven, "")
        {
            Owner = owner,
        };
        var lane = _lanes.Of(target.EndpointId);
        lane.BeginRead();
        lane.EndRead(new LanePage(target, [.. Enumerable.Range(number * 1_000, deliveries).Select(Delivery)], false));
    }

    private static DueDelivery Delivery(int id) => new(id, EventId.Parse($"evt_{id}"), null, [], null, 0, 0, default);

    private List<Post> BeginAll()
    {
        var began = new List<Post>();
        while (_lanes.TryBegin("") is { } post) began.Add(post);
        foreach (var post in began) _posts[post.Delivery.Id] = post;
        return began;
    }

    /// <summary>Ends a post, and its result is recorded.</summary>
    private void Finish(Post post, Verdict verdict)
    {
        _posts.Remove(post.Delivery.Id);
        _lanes.Finished(
            post,
            new AttemptResult(
                post.Delivery, post.Target, verdict, verdict is Verdict.Delivered ? 200 : null, null, null, default, default));
        post.Lane.Recorded(post.Delivery.Id);
    }
}
