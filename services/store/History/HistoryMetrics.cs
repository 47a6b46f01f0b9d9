using System.Diagnostics.Metrics;
using InstaMessenger.Hosting.Gauges;
using InstaMessenger.Hosting.Telemetry;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.History;

internal static class HistoryMetrics
{
    private static readonly Counter<long> FilledMessages = Metrics.Meter.CreateCounter<long>(
        "history.filled", "{message}", "Messages that no webhook had brought and a sweep found.");

    public static void Filled(int messages)
    {
        if (messages > 0) FilledMessages.Add(messages);
    }
}

/// <summary>How complete the last day is, of all accounts together; each account's own figure is in its health.</summary>
internal sealed class HistoryGauges(
    IDbContextFactory<StoreDbContext> factory, TimeProvider clock) : GaugeWorker("history-gauges", "store", clock)
{
    public static readonly Gauge Missing = new(
        "history.missing", "{message}", "Messages of the last day that the newest sweep of each account had to fill in.");

    public static readonly Gauge Known = new(
        "history.known", "{message}", "Messages of the last day that were here already when the newest sweep of each account looked.");

    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        Set(Missing, await db.Set<AccountHistory>().SumAsync(row => row.Missing, cancellationToken));
        Set(Known, await db.Set<AccountHistory>().SumAsync(row => row.Known, cancellationToken));
    }
}
