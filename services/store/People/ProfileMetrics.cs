using System.Diagnostics.Metrics;
using InstaMessenger.Hosting.Telemetry;

namespace InstaMessenger.Store.People;

internal static class ProfileMetrics
{
    private static readonly Counter<long> Needed = Metrics.Meter.CreateCounter<long>(
        "profiles.needed", "{profile}", "Contacts who wrote, by whether their profile was known (hit) or is asked for (miss).");

    public static void Hit(int count) => Add(count, "hit");

    public static void Miss(int count) => Add(count, "miss");

    private static void Add(int count, string result)
    {
        if (count > 0) Needed.Add(count, new KeyValuePair<string, object?>("result", result));
    }
}
