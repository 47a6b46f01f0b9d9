using InstaMessenger.IntegrationTests.Product;
using Microsoft.Data.Sqlite;

namespace InstaMessenger.IntegrationTests.Inbox;

/// <summary>
/// Writes many rows straight into the store's file, as copies of one that came the usual way: what a test wants is how the page bears them,
/// and not to send each. No event tells of them, so they are there before the page is opened.
/// </summary>
internal static class InboxSeed
{
    private const string Numbers = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $count) ";

    /// <summary>
    /// Gives a thread so many more messages of the customer, a second apart, the last one a moment old: "Line 1 …", "Line 2 …".
    /// </summary>
    public static Task LengthenAsync(StandaloneProduct product, string conversation, int count, int unread = 0) => WriteAsync(
        product,
        async connection =>
        {
            var start = TimeProvider.System.GetUtcNow().AddSeconds(-count).ToUnixTimeMilliseconds();
            var copied = await ColumnsAsync(connection, "messages", new()
            {
                ["id"] = "'msg_' || substr(c.id, 6, 20) || printf('%08d', n)",
                ["instagram_message_id"] = "'seed-' || substr(c.id, 6, 20) || n",
                ["sent_at"] = "$start + n * 1000",
                ["received_at"] = "$start + n * 1000",
                ["text"] = "'Line ' || n || ' of a long story that has a beginning and an end.'",
            }, "sequence");
            await RunAsync(
                connection,
                $"{Numbers} INSERT INTO messages ({copied.Names}) SELECT {copied.Values} FROM conversations c "
                    + "JOIN messages m ON m.id = c.last_message_id, numbers WHERE c.id = $conversation ORDER BY n",
                ("$count", count), ("$start", start), ("$conversation", conversation));
            await RunAsync(
                connection,
                "UPDATE conversations SET unread_count = $unread, last_inbound_at = $at, last_message_at = $at, last_message_id = "
                    + "(SELECT id FROM messages WHERE conversation_id = conversations.id ORDER BY sent_at DESC, sequence DESC LIMIT 1) "
                    + "WHERE id = $conversation",
                ("$unread", unread), ("$at", start + (count * 1000L)), ("$conversation", conversation));
        });

    /// <summary>Makes it as if the customer had written so long ago.</summary>
    public static Task AgeAsync(StandaloneProduct product, string conversation, TimeSpan age) => WriteAsync(product, connection => RunAsync(
        connection,
        "UPDATE conversations SET last_inbound_at = $at, last_message_at = $at WHERE id = $conversation",
        ("$at", (TimeProvider.System.GetUtcNow() - age).ToUnixTimeMilliseconds()), ("$conversation", conversation)));

    private static async Task WriteAsync(StandaloneProduct product, Func<SqliteConnection, Task> write)
    {
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = product.Folder.Find("store.db"), Pooling = false, DefaultTimeout = 30,
        }.ToString());
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await write(connection);
        await transaction.CommitAsync();
    }

    /// <summary>The columns of a table that can be written, and for each its new value or that of the row m.</summary>
    private static async Task<(string Names, string Values)> ColumnsAsync(
        SqliteConnection connection, string table, Dictionary<string, string> changed, string? without = null)
    {
        await using var command = connection.CreateCommand();
        // Without the generated ones.
        command.CommandText = $"SELECT name FROM pragma_table_info('{table}')";
        await using var reader = await command.ExecuteReaderAsync();
        var names = new List<string>();
        while (await reader.ReadAsync()) names.Add(reader.GetString(0));
        names.Remove(without ?? "");
        return (string.Join(", ", names), string.Join(", ", names.Select(name => changed.GetValueOrDefault(name, "m." + name))));
    }

    private static async Task RunAsync(SqliteConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        await command.ExecuteNonQueryAsync();
    }
}
