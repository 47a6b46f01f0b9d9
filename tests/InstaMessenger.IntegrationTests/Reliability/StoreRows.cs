using System.Data.Common;
using InstaMessenger.IntegrationTests.Product;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>One account's messages as they lie in the store's database: a witness that does not depend on the code under test.</summary>
internal sealed class StoreRows(ProductBase product, Shop shop)
{
    public IReadOnlyList<StoredMessage> Outbound() => Read("Outbound");

    public IReadOnlyList<StoredMessage> Inbound() => Read("Inbound");

    /// <summary>Sends whose end is not known yet.</summary>
    public int Unsettled() => Outbound().Count(message => message.Status is "Pending" or "Sending");

    private List<StoredMessage> Read(string direction)
    {
        using var connection = product.StoreConnection();
        connection.Open();
        using var select = connection.CreateCommand();
        select.CommandText = """
            SELECT message.id, message.text, message.instagram_message_id, message.status, message.error_code
            FROM messages AS message JOIN accounts AS account ON account.id = message.account_id
            WHERE message.direction = @direction AND account.instagram_account_id = @account
            ORDER BY message.sequence
            """;
        Add("@direction", direction);
        Add("@account", shop.InstagramId);
        using var rows = select.ExecuteReader();
        var messages = new List<StoredMessage>();
        while (rows.Read())
            messages.Add(new StoredMessage(rows.GetValue(0).ToString()!, Text(rows, 1), Text(rows, 2), Text(rows, 3), Text(rows, 4)));
        return messages;

        void Add(string name, string value)
        {
            var parameter = select.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            select.Parameters.Add(parameter);
        }
    }

    private static string? Text(DbDataReader rows, int column) => rows.IsDBNull(column) ? null : rows.GetString(column);
}

/// <summary>One row.</summary>
internal sealed record StoredMessage(string Id, string? Text, string? Mid, string? Status, string? Error);
