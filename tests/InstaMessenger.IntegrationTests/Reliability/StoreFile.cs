using InstaMessenger.IntegrationTests.Product;
using Microsoft.Data.Sqlite;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>One account's messages as they lie in the store's file: a witness that does not depend on the code under test.</summary>
internal sealed class StoreFile(ProductBase product, Shop shop)
{
    private readonly string _connection =
        new SqliteConnectionStringBuilder { DataSource = product.Folder.Find("store.db"), Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 10 }.ToString();

    public IReadOnlyList<StoredMessage> Outbound() => Read("Outbound");

    public IReadOnlyList<StoredMessage> Inbound() => Read("Inbound");

    /// <summary>Sends whose end is not known yet.</summary>
    public int Unsettled() => Outbound().Count(message => message.Status is "Pending" or "Sending");

    private List<StoredMessage> Read(string direction)
    {
        using var connection = new SqliteConnection(_connection);
        connection.Open();
        using var select = connection.CreateCommand();
        select.CommandText = """
            SELECT message.id, message.text, message.instagram_message_id, message.status
            FROM messages AS message JOIN accounts AS account ON account.id = message.account_id
            WHERE message.direction = $direction AND account.instagram_account_id = $account
            ORDER BY message.sequence
            """;
        select.Parameters.AddWithValue("$direction", direction);
        select.Parameters.AddWithValue("$account", shop.InstagramId);
        using var rows = select.ExecuteReader();
        var messages = new List<StoredMessage>();
        while (rows.Read()) messages.Add(new StoredMessage(rows.GetValue(0).ToString()!, Text(rows, 1), Text(rows, 2), Text(rows, 3)));
        return messages;
    }

    private static string? Text(SqliteDataReader rows, int column) => rows.IsDBNull(column) ? null : rows.GetString(column);
}

/// <summary>One row.</summary>
internal sealed record StoredMessage(string Id, string? Text, string? Mid, string? Status);
