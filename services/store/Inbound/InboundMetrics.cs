using System.Diagnostics.Metrics;
using InstaMessenger.Hosting.Telemetry;

namespace InstaMessenger.Store.Inbound;

internal static class InboundMetrics
{
    private static readonly Counter<long> RecordedItems = Metrics.Meter.CreateCounter<long>(
        "inbound.recorded", "{item}", "New items of webhooks, by event type.");
    private static readonly Counter<long> QuarantinedItems = Metrics.Meter.CreateCounter<long>(
        "inbound.quarantined", "{item}", "Items of webhooks that no account claims, by reason.");

    public static void Recorded(string type) => RecordedItems.Add(1, new KeyValuePair<string, object?>("type", type));

    public static void Quarantined(string reason) => QuarantinedItems.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
