namespace InstaMessenger.Sender.Sending;

/// <summary>How long to wait. Pure: the jitter (0 to 1) is the caller's.</summary>
internal static class RetryPolicy
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FirstLongPause = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan LongestLongPause = TimeSpan.FromHours(4);

    /// <summary>
    /// Before the next attempt of one send, wait up to 1, 2, 4 … s, at most 5 min; full jitter spreads those that failed together.
    /// </summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="jitter">0 to 1.</param>
    public static TimeSpan Retry(int attempt, double jitter) => Doubled(FirstRetry, LongestRetry, attempt - 1) * jitter;

    /// <summary>
    /// How long an account rests: for a rate limit 5, 10, 20 … s, at most 10 min; for a restriction 30 min to 4 h. At least half of it is
    /// waited, because calls made while throttled lengthen the throttle.
    /// </summary>
    /// <param name="pauses">The account's pauses since its last success.</param>
    /// <param name="forLong">Whether Meta restricts the account rather than its rate.</param>
    /// <param name="jitter">0 to 1.</param>
    public static TimeSpan Pause(int pauses, bool forLong, double jitter)
    {
        var (first, longest) = forLong ? (FirstLongPause, LongestLongPause) : (FirstPause, LongestPause);
        return Doubled(first, longest, pauses) * (0.5 + (jitter / 2));
    }

    private static TimeSpan Doubled(TimeSpan first, TimeSpan longest, int times)
    {
        // Compared as figures: the product of a large count is beyond a TimeSpan.
        var factor = Math.Pow(2, times);
        return factor < longest / first ? first * factor : longest;
    }
}
