namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Knows which endpoints fail, and decides what is logged of it. An endpoint that is away fails every delivery, and a line for each would
/// fill the log with one CRM's outage. Only the first failures of each minute are logged, and that it takes deliveries again; the delivery
/// log has every attempt. For one caller at a time.
/// </summary>
internal sealed class EndpointNews(TimeProvider clock)
{
    private const int Most = 10_000;

    private const int LinesAMinute = 5;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Outage> _failing = [];

    /// <summary>Counts a delivery that failed.</summary>
    /// <param name="endpointId">The endpoint that it failed at.</param>
    /// <param name="leftOut">How many failures were not logged since the last one that was.</param>
    /// <returns>Whether to log it.</returns>
    public bool Failed(string endpointId, out int leftOut)
    {
        if (_failing.Count > Most) _failing.Clear();
        var now = clock.GetTimestamp();
        if (!_failing.TryGetValue(endpointId, out var outage)) _failing.Add(endpointId, outage = new Outage(now));
        outage.Failures++;
        if (clock.GetElapsedTime(outage.Minute, now) >= Minute) (outage.Minute, outage.Told) = (now, 0);
        leftOut = outage.LeftOut;
        if (outage.Told == LinesAMinute)
        {
            outage.LeftOut++;
            return false;
        }

        (outage.Told, outage.LeftOut) = (outage.Told + 1, 0);
        return true;
    }

    /// <summary>Notes that a delivery was taken.</summary>
    /// <param name="endpointId">The endpoint that took it.</param>
    /// <returns>How long and how often it failed before; null when it did not.</returns>
    public (TimeSpan Time, int Failures)? Took(string endpointId) =>
        _failing.Remove(endpointId, out var outage) ? (clock.GetElapsedTime(outage.Began), outage.Failures) : null;

    private sealed class Outage(long began)
    {
        public long Began { get; } = began;

        public long Minute { get; set; } = began;

        public int Told { get; set; }

        public int LeftOut { get; set; }

        public int Failures { get; set; }
    }
}
