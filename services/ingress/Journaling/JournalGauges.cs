using System.Globalization;
using InstaMessenger.Hosting.Gauges;
using Microsoft.Data.Sqlite;

namespace InstaMessenger.Ingress.Journaling;

/// <summary>The gauges of what was answered 200 and is not on the bus yet.</summary>
internal sealed class JournalGauges(Journal journal, TimeProvider clock) : GaugeWorker("journal-gauges", "ingress", clock)
{
    public static readonly Gauge Backlog = new("journal.backlog", "{webhook}", "Webhooks that the bus has not confirmed yet.");

    public static readonly Gauge BacklogAge = new(
        "journal.backlog.age", "s", "Since the oldest webhook that the bus has not confirmed came.");

    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        await journal.EnsureCreatedAsync();
        await using var connection = new SqliteConnection(journal.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var select = connection.CreateCommand();
        select.CommandText = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT (SELECT count(*) FROM (SELECT 1 FROM journal LIMIT {MostRows})),
                (SELECT received_at FROM journal ORDER BY id LIMIT 1)
            """);
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        Set(Backlog, reader.GetInt64(0));
        SetAge(BacklogAge, reader.IsDBNull(1) ? null : JournalSource.TimeOf(reader.GetInt64(1)));
    }
}
