using System.Data.Common;
using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace InstaMessenger.CrmForwarder.Data;

/// <summary>
/// Many rows with one statement, for the two tables that get a row per event. EF writes row by row on SQLite and reads each
/// new key back, which cost as much as posting the event.
/// </summary>
internal static class BulkInsert
{
    /// <summary>Keeps a statement under the 32,766 parameters of SQLite and well under MySQL's packet.</summary>
    private const int MostRows = 100;

    /// <summary>Inserts at once, in the unit's transaction: not at its <c>SaveChanges</c>.</summary>
    /// <param name="db">The unit's context.</param>
    /// <param name="table">The table.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="rows">A value for each column, as the database stores it.</param>
    /// <returns>When they are written.</returns>
    public static async Task IntoAsync(DbContext db, string table, string[] columns, IEnumerable<object?[]> rows)
    {
        foreach (var chunk in rows.Chunk(MostRows))
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
            Write(command, table, columns, chunk);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static void Write(DbCommand command, string table, string[] columns, object?[][] rows)
    {
        var sql = new StringBuilder().Append(CultureInfo.InvariantCulture, $"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ");
        var count = 0;
        foreach (var row in rows)
        {
            sql.Append(count == 0 ? "(" : "), (");
            for (var column = 0; column < row.Length; column++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"@p{count++}");
                sql.Append(column == 0 ? "" : ", ").Append(name);
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (name, row[column] ?? DBNull.Value);
                command.Parameters.Add(parameter);
            }
        }

        command.CommandText = sql.Append(')').ToString();
    }
}
