using InstaMessenger.CrmForwarder.Deliveries;

namespace InstaMessenger.Tests.CrmForwarder.Deliveries;

public sealed class RetryScheduleTests
{
    private const double Middle = 0.5;

    [Theory]
    [InlineData(1, "00:00:05")]
    [InlineData(2, "00:05:00")]
    [InlineData(3, "00:30:00")]
    [InlineData(4, "02:00:00")]
    [InlineData(5, "05:00:00")]
    [InlineData(6, "10:00:00")]
    [InlineData(7, "14:00:00")]
    [InlineData(8, "20:00:00")]
    [InlineData(9, "1.00:00:00")]
    public void Each_failure_waits_as_api_md_says(int failures, string wait) =>
        RetrySchedule.Wait(failures, null, Middle).ShouldBe(TimeSpan.Parse(wait));

    [Fact]
    public void The_tenth_failure_is_the_last() => RetrySchedule.Wait(RetrySchedule.MostAttempts, null, Middle).ShouldBeNull();

    [Fact]
    public void A_dead_delivery_does_not_come_back_because_the_crm_asks_for_a_retry() =>
        RetrySchedule.Wait(RetrySchedule.MostAttempts, TimeSpan.FromSeconds(1), Middle).ShouldBeNull();

    [Fact]
    public void All_retries_together_take_75_hours_and_a_half() =>
        Enumerable.Range(1, RetrySchedule.MostAttempts - 1)
            .Select(failures => RetrySchedule.Wait(failures, null, Middle)!.Value)
            .Aggregate(TimeSpan.Zero, (sum, wait) => sum + wait)
            .ShouldBe(new TimeSpan(75, 35, 5));

    [Theory]
    [InlineData(0.0, 4.0)]
    [InlineData(1.0, 6.0)]
    public void Jitter_is_twenty_percent_either_way(double random, double seconds) =>
        RetrySchedule.Wait(1, null, random)!.Value.TotalSeconds.ShouldBe(seconds, 0.001);

    [Theory]
    [InlineData("00:01:00", "00:01:00")] // longer than the schedule: honoured
    [InlineData("00:00:01", "00:00:05")] // shorter: the schedule holds
    [InlineData("-00:01:00", "00:00:05")] // a date in the past
    [InlineData("30.00:00:00", "1.00:00:00")] // a month: capped at a day
    public void Retry_after_only_lengthens_the_wait_and_at_most_to_a_day(string asked, string wait) =>
        RetrySchedule.Wait(1, TimeSpan.Parse(asked), Middle).ShouldBe(TimeSpan.Parse(wait));
}
