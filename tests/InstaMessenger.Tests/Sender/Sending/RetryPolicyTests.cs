using InstaMessenger.Sender.Graph;
using InstaMessenger.Sender.Sending;

namespace InstaMessenger.Tests.Sender.Sending;

public sealed class RetryPolicyTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(8, 128)]
    [InlineData(9, 256)]
    [InlineData(10, 300)]
    [InlineData(1_000_000, 300)]
    public void A_retry_waits_at_most_twice_as_long_each_time_up_to_5_minutes(int attempt, int seconds) =>
        RetryPolicy.Retry(attempt, jitter: 1).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.25, 32)]
    [InlineData(1, 128)]
    public void Jitter_spreads_a_retry_over_the_whole_wait(double jitter, int seconds) =>
        RetryPolicy.Retry(8, jitter).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData(0, 0, 2.5)]
    [InlineData(0, 1, 5)]
    [InlineData(3, 1, 40)]
    [InlineData(7, 1, 600)]
    [InlineData(99, 0, 300)]
    public void A_pause_for_a_rate_lasts_at_least_half_of_its_length(int pauses, double jitter, double seconds) =>
        RetryPolicy.Pause(pauses, HoldBack.Account, jitter).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("AccountForLong", 0, 0, 30)]
    [InlineData("AccountForLong", 0, 1, 45)]
    [InlineData("AccountForLong", 3, 0, 240)]
    [InlineData("AccountForLong", 99, 1, 360)]
    [InlineData("AccountForHours", 0, 0, 120)]
    [InlineData("AccountForHours", 1, 0, 240)]
    [InlineData("AccountForHours", 99, 1, 720)]
    public void A_restriction_is_rested_for_at_least_its_whole_length(string holdBack, int pauses, double jitter, int minutes) =>
        RetryPolicy.Pause(pauses, Enum.Parse<HoldBack>(holdBack), jitter).ShouldBe(TimeSpan.FromMinutes(minutes));
}
