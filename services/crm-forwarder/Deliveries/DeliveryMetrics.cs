using System.Diagnostics.Metrics;
using System.Text.Json;
using InstaMessenger.Hosting.Telemetry;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>What operators see of deliveries.</summary>
internal static class DeliveryMetrics
{
    private static readonly Counter<long> Attempts = Metrics.Meter.CreateCounter<long>(
        "crm.delivery.attempts", "{attempt}", "Posts to CRMs, by what came of them.");
    private static readonly Counter<long> Dead = Metrics.Meter.CreateCounter<long>(
        "crm.delivery.dead", "{delivery}", "Deliveries given up.");
    private static readonly Counter<long> Unrecordable = Metrics.Meter.CreateCounter<long>(
        "crm.delivery.set_aside", "{delivery}", "Results of posts that could never be recorded.");
    private static readonly Histogram<double> Latency = Metrics.Meter.CreateHistogram<double>(
        "crm.delivery.latency", "ms", "From the delivery's row to the CRM's 2xx.");

    private static readonly Dictionary<Verdict, KeyValuePair<string, object?>> Outcomes = Enum.GetValues<Verdict>()
        .ToDictionary(
            verdict => verdict,
            verdict => new KeyValuePair<string,
            object?>("outcome", JsonNamingPolicy.SnakeCaseLower.ConvertName(verdict.ToString())));

    public static void SetAside() => Unrecordable.Add(1);

    public static void Recorded(AttemptResult result, bool dead)
    {
        Attempts.Add(1, Outcomes[result.Verdict]);
        if (dead) Dead.Add(1);
        // Of what is posted anew the row tells when it was made first.
        if (result.Verdict is Verdict.Delivered && !result.Delivery.IsReplay)
            Latency.Record((result.At + result.Duration - result.Delivery.CreatedAt).TotalMilliseconds);
    }
}
