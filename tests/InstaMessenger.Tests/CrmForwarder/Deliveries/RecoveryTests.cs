using InstaMessenger.CrmForwarder.Deliveries;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.CrmForwarder.Deliveries;

public sealed class RecoveryTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Recovery _recovery;

    public RecoveryTests() => _recovery = new Recovery(_clock);

    [Fact]
    public void An_endpoint_that_is_well_or_refuses_some_is_not_held_back()
    {
        for (var n = 0; n < 1_000; n++)
        {
            _recovery.Wait.ShouldBe(TimeSpan.Zero);
            _recovery.Begun();
            _recovery.Ended(n % 10 == 0 ? Verdict.Delivered : Verdict.Failed);
        }
    }

    [Fact]
    public void One_that_is_away_is_tried_twenty_times_a_second_and_from_its_return_on_twice_as_often_each_second()
    {
        for (var n = 0; n < Recovery.AwayAfter; n++) _recovery.Ended(Verdict.Failed);
        Seconds(3).ShouldAllBe(posts => posts >= 19 && posts <= 21);

        _recovery.Ended(Verdict.Delivered);
        var back = Seconds(8);
        back[0].ShouldBeInRange(20, 32);
        for (var second = 1; second < back.Count; second++) ((double)back[second] / back[second - 1]).ShouldBeInRange(1.8, 2.2);

        _recovery.Wait.ShouldBe(TimeSpan.Zero);
        for (var n = 0; n < 100; n++) _recovery.Begun();
        _recovery.Wait.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void One_that_goes_away_again_begins_anew()
    {
        for (var n = 0; n < Recovery.AwayAfter; n++) _recovery.Ended(Verdict.TimedOut);
        _recovery.Ended(Verdict.Delivered);
        Seconds(5);
        for (var n = 0; n < Recovery.AwayAfter; n++) _recovery.Ended(Verdict.Failed);
        Seconds(2).ShouldAllBe(posts => posts >= 19 && posts <= 22);
    }

    [Theory]
    [InlineData(10, false)]
    [InlineData(60, true)]
    public void A_process_that_has_just_started_knows_it_from_the_row(int seconds, bool isAway)
    {
        _recovery.Begin(_clock.GetUtcNow() - TimeSpan.FromSeconds(seconds));
        (Seconds(1)[0] < 30).ShouldBe(isAway);
    }

    /// <summary>How many posts begin in each second, when there is always one more.</summary>
    private List<int> Seconds(int count)
    {
        var seconds = new List<int>();
        for (var second = 0; second < count; second++)
        {
            var posts = 0;
            for (var step = 0; step < 200; step++)
            {
                while (posts < 10_000 && _recovery.Wait <= TimeSpan.Zero)
                {
                    _recovery.Begun();
                    posts++;
                }

                _clock.Advance(TimeSpan.FromMilliseconds(5));
            }

            seconds.Add(posts);
        }

        return seconds;
    }
}
