namespace InstaMessenger.Hosting.Workers;

/// <summary>How long to wait after failures.</summary>
internal static class Backoff
{
    private const double FirstMilliseconds = 50;

    /// <summary>
    /// 50 ms, doubled by each further failure, shortened by up to a quarter so that processes which failed together do not come back
    /// together.
    /// </summary>
    /// <param name="failures">In a row, at least 1.</param>
    /// <param name="longest">The longest wait.</param>
    /// <param name="jitter">0 to 1.</param>
    /// <returns>The wait.</returns>
    public static TimeSpan After(int failures, TimeSpan longest, double jitter)
    {
        var whole = Math.Min(longest.TotalMilliseconds, FirstMilliseconds * Math.Pow(2, Math.Min(failures, 20) - 1));
        return TimeSpan.FromMilliseconds(whole * (1 - (jitter / 4)));
    }
}
