using System.Globalization;
using MySqlConnector;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>Looks into a mirror, and changes it, as the CRM or its operator would.</summary>
internal static class MirrorWitness
{
    /// <summary>Runs a statement, and gives its rows with their columns separated by blanks.</summary>
    public static async Task<IReadOnlyList<string>> AskAsync(string database, string sql)
    {
        await using var connection = new MySqlConnection(database + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(Shown)));
        return rows;

        string Shown(int column) => reader.IsDBNull(column)
            ? "-"
            : Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture)!;
    }
}
