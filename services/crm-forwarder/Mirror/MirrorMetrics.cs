using System.Diagnostics.Metrics;
using InstaMessenger.Hosting.Telemetry;

namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>What operators see of the mirror.</summary>
internal static class MirrorMetrics
{
    private static readonly Counter<long> Rows = Metrics.Meter.CreateCounter<long>(
        "mirror.rows", "{row}", "Rows written into the CRM's mirror.");

    private static readonly Counter<long> Skipped = Metrics.Meter.CreateCounter<long>(
        "mirror.skipped", "{event}", "Events and messages that the mirror could not take and leaves out.");

    public static void Wrote(string table, int rows) => Rows.Add(rows, new KeyValuePair<string, object?>("table", table));

    public static void Skip() => Skipped.Add(1);
}
