using System.Text;
using MySqlConnector;

namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>Statements in the transaction of a page.</summary>
internal sealed class MirrorSql(MySqlConnection connection, MySqlTransaction transaction, CancellationToken cancellationToken)
{
    /// <summary>Rows of one statement: few enough for every server's largest packet, many enough that the way there costs little.</summary>
    private const int AtOnce = 100;

    /// <summary>Removing everything of an account takes its time (s).</summary>
    private const int LongSeconds = 900;

    /// <summary>Runs a statement, or several; parameters are <c>@0</c>, <c>@1</c>, …</summary>
    /// <returns>How many rows it changed.</returns>
    public async Task<int> RunAsync(string sql, params object?[] arguments)
    {
        await using var command = Command(sql, arguments);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Reads the sequences of rows that are there, by their keys.</summary>
    public async Task<Dictionary<string, long>> SequencesAsync(MirrorTable table, IReadOnlyCollection<MirrorRow> rows)
    {
        var found = new Dictionary<string, long>(rows.Count);
        foreach (var chunk in rows.Chunk(AtOnce * 5))
        {
            var arguments = chunk.SelectMany(row => row.Values[..table.Key.Length]).ToArray();
            var keys = Tuples(chunk.Length, table.Key.Length);
            var key = string.Join(", ", table.Key);
            var asked = table.Key.Length == 1 ? $"{key} IN ({Places(arguments.Length)})" : $"({key}) IN ({keys})";
            await using var command = Command($"SELECT {key}, sequence FROM {table.Name} WHERE {asked}", arguments);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var values = Enumerable.Range(0, table.Key.Length).Select(n => reader.GetValue(n)).ToArray();
                found[MirrorRow.KeyOf(values)] = reader.GetInt64(table.Key.Length);
            }
        }

        return found;
    }

    /// <summary>Writes rows, whether or not they are there.</summary>
    public async Task WriteAsync(MirrorTable table, IReadOnlyCollection<MirrorRow> rows)
    {
        var columns = string.Join(", ", table.Columns.Select(column => $"`{column.Name}`"));
        var others = table.Columns.Where(column => !table.Key.Contains(column.Name));
        var changed = string.Join(", ", others.Select(column => $"`{column.Name}` = VALUES(`{column.Name}`)"));
        foreach (var chunk in rows.Chunk(AtOnce))
        {
            await RunAsync(
                $"INSERT INTO {table.Name} ({columns}) VALUES {Tuples(chunk.Length, table.Columns.Length)} "
                + $"ON DUPLICATE KEY UPDATE {changed}",
                [.. chunk.SelectMany(row => row.Values)]);
            MirrorMetrics.Wrote(table.Name, chunk.Length);
        }
    }

    /// <summary>Removes what belongs to messages.</summary>
    public async Task RemoveOfAsync(MirrorTable table, IEnumerable<string> messages)
    {
        foreach (var chunk in messages.Chunk(AtOnce * 5))
            await RunAsync($"DELETE FROM {table.Name} WHERE message_id IN ({Places(chunk.Length)})", [.. chunk]);
    }

    private static string Places(int count) => string.Join(", ", Enumerable.Range(0, count).Select(n => $"@{n}"));

    private static string Tuples(int rows, int columns)
    {
        var sql = new StringBuilder(rows * columns * 6);
        for (var row = 0; row < rows; row++)
        {
            sql.Append(row == 0 ? "(" : ", (");
            for (var column = 0; column < columns; column++) sql.Append(column == 0 ? "@" : ", @").Append((row * columns) + column);
            sql.Append(')');
        }

        return sql.ToString();
    }

    private MySqlCommand Command(string sql, object?[] arguments)
    {
        var command = new MySqlCommand(sql, connection, transaction) { CommandTimeout = LongSeconds };
        for (var n = 0; n < arguments.Length; n++) command.Parameters.AddWithValue($"@{n}", arguments[n]);
        return command;
    }
}
