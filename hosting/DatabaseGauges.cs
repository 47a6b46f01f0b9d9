using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Gauges;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Hosting;

/// <summary>The gauges that every database has.</summary>
/// <param name="database">Its name, like <c>store</c>.</param>
/// <param name="factory">Reads it.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class DatabaseGauges<TContext>(string database, IDbContextFactory<TContext> factory, TimeProvider clock)
    : GaugeWorker(database + "-gauges", database, clock)
    where TContext : ServiceDbContext
{
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var outbox = db.Set<OutboxMessage>().OrderBy(row => row.Id);
        Set(DatabaseGauges.Outbox, await outbox.Select(row => row.Id).Take(MostRows).CountAsync(cancellationToken));
        SetAge(DatabaseGauges.OutboxAge, await outbox.Select(row => (DateTimeOffset?)row.CreatedAt).FirstOrDefaultAsync(cancellationToken));
        Set(
            DatabaseGauges.DeadLetters,
            await db.Set<DeadLetter>().OrderBy(row => row.Id).Select(row => row.Id).Take(MostRows).CountAsync(cancellationToken));
    }
}

/// <summary>The instruments of these gauges, made once for all databases of the process.</summary>
internal static class DatabaseGauges
{
    public static readonly Gauge Outbox = new("outbox.backlog", "{message}", "Messages that the bus has not confirmed yet.");

    public static readonly Gauge OutboxAge = new(
        "outbox.backlog.age", "s", "Since the oldest message that the bus has not confirmed was written.");

    public static readonly Gauge DeadLetters = new(
        "dead_letters.rows", "{message}", "Messages that a service could not handle and set aside.");
}
