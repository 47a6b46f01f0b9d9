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
    [InlineData(0, false, 0, 2.5)]
    [InlineData(0, false, 1, 5)]
    [InlineData(3, false, 1, 40)]
    [InlineData(7, false, 1, 600)]
    [InlineData(99, false, 0, 300)]
    [InlineData(0, true, 0, 900)]
    [InlineData(0, true, 1, 1800)]
    [InlineData(3, true, 1, 14400)]
    [InlineData(99, true, 1, 14400)]
    public void A_pause_lasts_at_least_half_of_its_length(int pauses, bool forLong, double jitter, double seconds) =>
        RetryPolicy.Pause(pauses, forLong, jitter).ShouldBe(TimeSpan.FromSeconds(seconds));
}
