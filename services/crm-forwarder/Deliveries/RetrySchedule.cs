namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>When a delivery that failed is tried again (api.md, "CRM webhooks"): nine retries over 75.6 hours, then never.</summary>
internal static class RetrySchedule
{
    /// <summary>Attempts until a delivery is dead.</summary>
    public const int MostAttempts = 10;

    /// <summary>A CRM cannot put a delivery off for longer, whatever its <c>Retry-After</c> says.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(24);

    private static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>How long to wait after a failure.</summary>
    /// <param name="failures">How often it failed, this time included: 1 or more.</param>
    /// <param name="retryAfter">What the CRM asked for; lengthens the wait and never shortens it.</param>
    /// <param name="random">0 to 1; spreads the retries of many deliveries over ± 20 %, so that they do not come back all at once.</param>
    /// <returns>The wait; null when the delivery is dead.</returns>
    public static TimeSpan? Wait(int failures, TimeSpan? retryAfter, double random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        if (failures > Delays.Length) return null;
        var wait = Delays[failures - 1] * (0.8 + (0.4 * random));
        if (retryAfter is not { } asked) return wait;
        if (asked > LongestRetryAfter) asked = LongestRetryAfter;
        return asked > wait ? asked : wait;
    }
}
