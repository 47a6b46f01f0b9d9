using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// Inserts many rows of one table without EF. On SQLite EF writes row by row and reads each new key back, which cost as much as posting the
/// event.
/// </summary>
public static class BulkInsert
{
    /// <summary>Rows in one statement on MySQL, where each statement is a round trip; well under its packet.</summary>
    private const int MostRows = 100;

    /// <summary>
    /// Inserts new entities at once, with the columns and conversions of their mapping. The context does not track them, their generated
    /// keys stay unknown, and what they refer to is not inserted with them.
    /// </summary>
    /// <typeparam name="T">An entity of the context; not of a hierarchy.</typeparam>
    /// <param name="db">The unit's context.</param>
    /// <param name="entities">The new entities.</param>
    /// <param name="ifAbsent">Whether a row whose key is there already is left out, instead of failing the unit.</param>
    /// <returns>Completes once they are written.</returns>
    public static async Task EntitiesAsync<T>(DbContext db, IReadOnlyCollection<T> entities, bool ifAbsent = false)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(entities);
        if (entities.Count == 0) return;
        var type = db.Model.FindEntityType(typeof(T))!;
        var columns = type.GetProperties().Where(property => property.ValueGenerated != ValueGenerated.OnAdd)
            .Select(property => new Column(property)).ToArray();
        await IntoAsync(
            db, type.GetTableName()!, Array.ConvertAll(
                columns,
                column => column.Name), entities.Select(entity => Array.ConvertAll(columns, column => column.Of(entity))), ifAbsent);
    }

    private static async Task IntoAsync(DbContext db, string table, string[] columns, IEnumerable<object?[]> rows, bool ifAbsent)
    {
        // SQLite looks each parameter up by its name among all of the statement: a hundred rows in one statement cost 88 µs each, one
        // statement that is run a hundred times costs 12 µs each.
        var together = db.Database.IsSqlite() ? 1 : MostRows;
        // Quoted, because a column may be called index.
        var quote = (Func<string, string>)db.GetService<ISqlGenerationHelper>().DelimitIdentifier;
        // Not INSERT IGNORE, which would let every other fault of a row pass too.
        var end = !ifAbsent
            ? "" : db.Database.IsSqlite() ? " ON CONFLICT DO NOTHING"
            : $" ON DUPLICATE KEY UPDATE {quote(columns[0])} = {quote(columns[0])}";
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        foreach (var chunk in rows.Chunk(together))
        {
            if (command.Parameters.Count != chunk.Length * columns.Length) Write(command, table, columns, chunk.Length, end, quote);
            var next = 0;
            foreach (var value in chunk.SelectMany(row => row)) command.Parameters[next++].Value = value ?? DBNull.Value;
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Writes the statement for this many rows. Run again, it is not parsed again.</summary>
    private static void Write(DbCommand command, string table, string[] columns, int rows, string end, Func<string, string> quote)
    {
        command.Parameters.Clear();
        var names = Enumerable.Range(0, rows * columns.Length).Select(_ => command.AddParameter()).ToList().Chunk(columns.Length);
        command.CommandText = $"INSERT INTO {quote(table)} ({string.Join(", ", columns.Select(quote))}) VALUES "
            + $"{string.Join(", ", names.Select(row => $"({string.Join(", ", row)})"))}{end}";
    }

    /// <summary>A property as the database stores it.</summary>
    private sealed class Column(IProperty property)
    {
        // A shadow property, like a row's version, has no value before its row has.
        private readonly IClrPropertyGetter? _getter = property.IsShadowProperty() ? null : property.GetGetter();

        public string Name { get; } = property.GetColumnName();

        public object? Of(object entity) => property.Stored(_getter is null ? property.Sentinel : _getter.GetClrValue(entity));
    }
}
