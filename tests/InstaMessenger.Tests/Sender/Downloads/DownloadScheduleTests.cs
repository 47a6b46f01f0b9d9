using InstaMessenger.Sender.Downloads;

namespace InstaMessenger.Tests.Sender.Downloads;

public sealed class DownloadScheduleTests
{
    [Theory]
    [InlineData(1, null, 0, 5)]
    [InlineData(1, null, 1, 6)]
    [InlineData(2, null, 0, 30)]
    [InlineData(6, null, 0, 7200)]
    [InlineData(7, null, 0, null)]
    [InlineData(1, 60, 0, 60)]
    [InlineData(3, 60, 0, 120)]
    [InlineData(1, 1_000_000, 0, 21_600)]
    [InlineData(7, 60, 0, null)]
    public void The_wait_grows_is_never_shorter_than_asked_and_ends(int attempts, int? asked, double jitter, int? seconds) =>
        DownloadSchedule.After(attempts, asked is { } s ? TimeSpan.FromSeconds(s) : null, jitter)
            .ShouldBe(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null);
}
