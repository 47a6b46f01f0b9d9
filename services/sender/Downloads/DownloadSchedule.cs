namespace InstaMessenger.Sender.Downloads;

/// <summary>When a download that failed is tried again.</summary>
internal static class DownloadSchedule
{
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2),
    ];

    private static readonly TimeSpan Longest = TimeSpan.FromHours(6);

    /// <summary>The wait before the next attempt; null after the seventh, which comes about three hours after the first.</summary>
    /// <param name="attempts">Attempts so far, at least 1.</param>
    /// <param name="asked">What the other side asks for; at most six hours are granted.</param>
    /// <param name="jitter">0 to 1: lengthens the wait by up to a fifth, so that what failed together does not come back together.</param>
    public static TimeSpan? After(int attempts, TimeSpan? asked, double jitter)
    {
        if (attempts > Waits.Length) return null;
        var wait = Waits[attempts - 1] * (1 + (jitter / 5));
        if (asked is not { } other || other <= wait) return wait;
        return other < Longest ? other : Longest;
    }
}
