using System.Diagnostics;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Outbox;
using InstaMessenger.Hosting.Workers;
using Microsoft.Data.Sqlite;

namespace InstaMessenger.Ingress.Journaling;

/// <summary>The journal as the relay sees it. A row goes once the bus has confirmed it.</summary>
internal sealed class JournalSource(Journal journal) : IRelaySource
{
    /// <summary>A round ends after this many bytes, or a backlog of the largest bodies would take gigabytes of memory.</summary>
    private const int MostBytes = 2 * 1024 * 1024;

    public string Name => "ingress.journal";

    public WakeSignal Signal => journal.Signal;

    /// <summary>The journal is a file of this process alone.</summary>
    public ILease? Lease => null;

    public async Task<IReadOnlyList<RelayRow>> ReadAsync(int limit, CancellationToken cancellationToken)
    {
        await journal.EnsureCreatedAsync();
        await using var connection = new SqliteConnection(journal.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var select = connection.CreateCommand();
        select.CommandText = "SELECT id, received_at, trace_parent, body FROM journal ORDER BY id LIMIT $limit";
        select.Parameters.AddWithValue("$limit", limit);
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);

        var rows = new List<RelayRow>();
        var bytes = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            var body = reader.GetFieldValue<byte[]>(3);
            var receivedAt = TimeOf(reader.GetInt64(1));
            var trace = reader.IsDBNull(2) ? null : reader.GetString(2);
            rows.Add(new RelayRow(reader.GetInt64(0), new WebhookReceived(body, receivedAt), trace, body.Length));
            bytes += body.Length;
            if (bytes < MostBytes) continue;
            // Otherwise the relay takes a round that is not full for the last one and sleeps.
            Signal.Wake();
            break;
        }

        return rows;
    }

    public Task MarkAsync(IReadOnlyList<RelayRow> published, CancellationToken cancellationToken) => journal.DeleteAsync(Runs(published));

    /// <summary>Every row of the journal can be read: it is bytes, and <see cref="TimeOf"/> reads any number.</summary>
    public Task SetAsideAsync(RelayRow row) => throw new UnreachableException();

    /// <summary>
    /// Reads a time. A number that is no time stands for the nearest one: an exception would let its row hold up all webhooks behind it for
    /// ever.
    /// </summary>
    internal static DateTimeOffset TimeOf(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(
        Math.Clamp(milliseconds, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    /// <summary>Neighbouring ids as ranges: a bundle that was not confirmed leaves a gap, and its rows stay.</summary>
    private static List<(long First, long Last)> Runs(IReadOnlyList<RelayRow> rows)
    {
        var runs = new List<(long First, long Last)>();
        foreach (var row in rows)
        {
            if (runs.Count > 0 && runs[^1].Last + 1 == row.Id) runs[^1] = (runs[^1].First, row.Id);
            else runs.Add((row.Id, row.Id));
        }

        return runs;
    }
}
