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

    public static readonly Gauge Incomplete = new(
        "history.incomplete", "{account}", "Accounts of which messages of the last day were missing when a sweep last looked.");

    public static readonly Gauge Completeness = new(
        "history.completeness", "%", "The share of an account's messages that were here, of the 50 that lacked most.", "account_id");

    /// <summary>
    /// Accounts that have a figure of their own: whoever looks for a fault sees the worst, and ten thousand lines help nobody.
    /// </summary>
    private const int MostShown = 50;

    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        Set(Missing, await db.Set<AccountHistory>().SumAsync(row => row.Missing, cancellationToken));
        Set(Known, await db.Set<AccountHistory>().SumAsync(row => row.Known, cancellationToken));
        var incomplete = db.Set<AccountHistory>().Where(row => row.Missing > 0);
        Set(Incomplete, await incomplete.CountAsync(cancellationToken));
        var worst = await incomplete.OrderByDescending(row => row.Missing).ThenBy(row => row.AccountId)
            .Select(row => new { row.AccountId, row.Known, row.Missing }).Take(MostShown).ToListAsync(cancellationToken);
        Set(Completeness, worst.ToDictionary(row => row.AccountId.Value, row => 100d * row.Known / (row.Known + row.Missing)));
    }
}
