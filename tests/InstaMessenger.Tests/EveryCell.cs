using System.Text;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests;

/// <summary>Looks for a text in every column of every table, so that no copy is forgotten by whoever writes the test.</summary>
internal static class EveryCell
{
    /// <summary>Returns where it stands, as <c>table.column</c>; bytes are looked into as well, and what they hold as base64.</summary>
    public static async Task<IReadOnlyList<string>> HoldingAsync(DbContext db, string text)
    {
        var (found, base64) = (new SortedSet<string>(StringComparer.Ordinal), Base64Forms(text));
        var connection = db.Database.GetDbConnection();
        await db.Database.OpenConnectionAsync();
        foreach (var table in db.Model.GetEntityTypes().Select(type => type.GetTableName()).OfType<string>().Distinct())
        {
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The tables are the model's own.
            command.CommandText = $"SELECT * FROM {table}";
#pragma warning restore CA2100
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync())
            {
                for (var column = 0; column < rows.FieldCount; column++)
                {
                    var cell = rows.GetValue(column) switch
                    {
                        byte[] bytes => Encoding.UTF8.GetString(bytes),
                        string value => value,
                        _ => "",
                    };
                    if (base64.Append(text).Any(form => cell.Contains(form, StringComparison.Ordinal)))
                        found.Add($"{table}.{rows.GetName(column)}");
                }
            }
        }

        return [.. found];
    }

    /// <summary>The middle of its three forms in base64: which one it is depends on what stands before it.</summary>
    private static IEnumerable<string> Base64Forms(string text)
    {
        for (var shift = 0; shift < 3; shift++)
        {
            var form = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string(' ', shift) + text)).TrimEnd('=');
            if (form.Length > 12) yield return form[4..^4];
        }
    }
}
