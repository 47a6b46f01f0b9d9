using System.Diagnostics.Metrics;

namespace InstaMessenger.Hosting.Telemetry;

/// <summary>The figures that operators watch, shared by the services; each service adds its own to <see cref="Meter"/>.</summary>
public static class Metrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "InstaMessenger";

    /// <summary>The product's meter.</summary>
    public static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> RelayedRows = Meter.CreateCounter<long>(
        "relay.rows", "{row}", "Rows that the bus has confirmed.");
    private static readonly Histogram<double> RelayRounds = Meter.CreateHistogram<double>(
        "relay.round", "ms", "From reading a round of rows to marking them.");
    private static readonly Counter<long> ConsumedItems = Meter.CreateCounter<long>(
        "bus.items", "{message}", "Messages handled or set aside.");
    private static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>(
        "bus.dead_letters", "{message}", "Messages set aside because their handler always fails.");

    private static readonly Counter<long> WorkerRounds = Meter.CreateCounter<long>(
        "worker.rounds", "{round}", "Rounds of background workers; outcome says how they ended.");

    private static readonly Counter<long> UnreadableRows = Meter.CreateCounter<long>(
        "rows.unreadable", "{row}", "Rows that cannot be read and are left out of lists.");

    internal static void Relayed(string source, int rows, TimeSpan elapsed)
    {
        RelayedRows.Add(rows, new KeyValuePair<string, object?>("source", source));
        RelayRounds.Record(elapsed.TotalMilliseconds, new KeyValuePair<string, object?>("source", source));
    }

    internal static void WorkerRound(string worker, bool good) =>
        WorkerRounds.Add(
            1, new KeyValuePair<string, object?>("worker", worker), new KeyValuePair<string, object?>("outcome", good ? "good" : "failed"));

    internal static void Consumed(string queue, int items) => ConsumedItems.Add(items, new KeyValuePair<string, object?>("queue", queue));

    internal static void DeadLettered(string queue) => DeadLetters.Add(1, new KeyValuePair<string, object?>("queue", queue));

    internal static void UnreadableRow(string table) => UnreadableRows.Add(1, new KeyValuePair<string, object?>("table", table));
}
