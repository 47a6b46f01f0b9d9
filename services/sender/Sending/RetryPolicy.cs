using InstaMessenger.Sender.Graph;

namespace InstaMessenger.Sender.Sending;

/// <summary>How long to wait. Pure: the jitter (0 to 1) is the caller's.</summary>
internal static class RetryPolicy
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Before the next attempt of one send, wait up to 1, 2, 4 … s, at most 5 min; full jitter spreads those that failed together.
    /// </summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="jitter">0 to 1.</param>
    public static TimeSpan Retry(int attempt, double jitter) => Doubled(FirstRetry, LongestRetry, attempt - 1) * jitter;

    /// <summary>
    /// How long an account rests: for a rate limit 5, 10, 20 … s, at most 10 min, of which at least half is waited, because calls made
    /// while throttled lengthen the throttle; for a restriction 30 min to 4 h, for a block 2 to 8 h, and up to half as long again:
    /// never sooner.
    /// </summary>
    /// <param name="pauses">The account's pauses since its last success.</param>
    /// <param name="holdBack">What Meta limits.</param>
    /// <param name="jitter">0 to 1.</param>
    public static TimeSpan Pause(int pauses, HoldBack holdBack, double jitter) => holdBack switch
    {
        HoldBack.AccountForLong => Doubled(TimeSpan.FromMinutes(30), TimeSpan.FromHours(4), pauses) * (1 + (jitter / 2)),
        HoldBack.AccountForHours => Doubled(TimeSpan.FromHours(2), TimeSpan.FromHours(8), pauses) * (1 + (jitter / 2)),
        _ => Doubled(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10), pauses) * (0.5 + (jitter / 2)),
    };

    private static TimeSpan Doubled(TimeSpan first, TimeSpan longest, int times)
    {
        // Compared as figures: the product of a large count is beyond a TimeSpan.
        var factor = Math.Pow(2, times);
        return factor < longest / first ? first * factor : longest;
    }
}
