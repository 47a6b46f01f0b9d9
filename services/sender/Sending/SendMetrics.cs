using System.Diagnostics.Metrics;
using InstaMessenger.Hosting.Telemetry;
using InstaMessenger.Sender.Graph;

namespace InstaMessenger.Sender.Sending;

/// <summary>The figures of the sender.</summary>
internal static class SendMetrics
{
    private static readonly Histogram<double> Calls = Metrics.Meter.CreateHistogram<double>(
        "sender.call", "ms", "One call of Meta's Send API, by verdict.");

    public static void Called(Verdict verdict, TimeSpan duration) =>
        Calls.Record(duration.TotalMilliseconds, new KeyValuePair<string, object?>("verdict", verdict.GetType().Name.ToLowerInvariant()));
}
