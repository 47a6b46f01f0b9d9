using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// Updates many rows of one table without EF, which builds, sorts and parses a statement for each: on SQLite that cost more than the
/// inserts of the messages that the changes came from, and on MySQL the server had two statements to run for every row.
/// </summary>
public static class BulkUpdate
{
    /// <summary>
    /// Rows in one statement on MySQL. Each column has a branch for each row, so that twice as many cost four times as much.
    /// </summary>
    private const int MostRows = 50;

    /// <summary>
    /// Writes the tracked changes of a type as EF would: only the changed columns, of the row with this key and with the concurrency tokens
    /// that were read. Afterwards the entities are unchanged, and <c>SaveChanges</c> has nothing left to do for them.
    /// </summary>
    /// <typeparam name="T">An entity of the context; its changes free no unique value that another of them takes.</typeparam>
    /// <param name="db">The unit's context, after <c>DetectChanges</c>.</param>
    /// <param name="only">Which changes to write; the others are left to <c>SaveChanges</c>. Null for all.</param>
    /// <returns>How many rows were written.</returns>
    /// <exception cref="DbUpdateConcurrencyException">A row is gone, or is not as it was read.</exception>
    public static async Task<int> ChangedAsync<T>(DbContext db, Func<EntityEntry<T>, bool>? only = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(db);
        // SQLite looks each parameter up by its name among all of the statement, and has no network between two: row by row there.
        var together = db.Database.IsSqlite() ? 1 : MostRows;
        var entries = db.ChangeTracker.Entries<T>()
            .Where(entry => entry.State == EntityState.Modified && only?.Invoke(entry) != false).ToList();
        var sameColumns = entries.Select(entry => (Entry: entry, Columns: ChangedOf(entry)))
            .GroupBy(change => string.Join(',', change.Columns.Select(column => column.Name)), StringComparer.Ordinal);
        foreach (var group in sameColumns)
        {
            await using var statement = new Statement(db, entries[0].Metadata, group.First().Columns);
            foreach (var chunk in group.Select(change => change.Entry).Chunk<EntityEntry>(together)) await statement.RunAsync(chunk);
        }

        return entries.Count;
    }

    private static List<IProperty> ChangedOf(EntityEntry entry) =>
        [.. entry.Properties.Where(property => property.IsModified).Select(property => property.Metadata)];

    /// <summary>The update of one set of columns; run again for as many rows, it is not written and parsed again.</summary>
    private sealed class Statement : IAsyncDisposable
    {
        private readonly IEntityType _type;
        private readonly List<IProperty> _changed;
        private readonly List<IProperty> _key;
        private readonly List<IProperty> _tokens;
        private readonly Func<string, string> _quote;
        private readonly DbCommand _command;
        private int _rows;

        public Statement(DbContext db, IEntityType type, List<IProperty> changed)
        {
            (_type, _changed) = (type, changed);
            _key = [.. type.FindPrimaryKey()!.Properties];
            _tokens = [.. type.GetProperties().Where(property => property.IsConcurrencyToken && !property.IsPrimaryKey())];
            _quote = db.GetService<ISqlGenerationHelper>().DelimitIdentifier;
            _command = db.Database.GetDbConnection().CreateCommand();
            _command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        }

        public async Task RunAsync(EntityEntry[] entries)
        {
            if (_rows != entries.Length) Write(entries.Length);
            var next = 0;
            foreach (var entry in entries)
            {
                foreach (var property in _key.Concat(_tokens)) Give(property, entry.Property(property).OriginalValue);
                foreach (var property in _changed) Give(property, entry.Property(property).CurrentValue);
            }

            // MySQL counts the rows that it found, also those that were the same before: the connection asks for that.
            if (await _command.ExecuteNonQueryAsync() != entries.Length)
                throw new DbUpdateConcurrencyException($"A row of {_type.GetTableName()} is gone, or is not as it was read.");
            foreach (var entry in entries)
            {
                entry.OriginalValues.SetValues(entry.CurrentValues);
                entry.State = EntityState.Unchanged;
            }

            void Give(IProperty property, object? value) => _command.Parameters[next++].Value = property.Stored(value) ?? DBNull.Value;
        }

        public ValueTask DisposeAsync() => _command.DisposeAsync();

        /// <summary>
        /// Writes the statement for this many rows: of more than one, a branch for each row says what its column becomes.
        /// </summary>
        private void Write(int rows)
        {
            _rows = rows;
            _command.Parameters.Clear();
            var each = Enumerable.Range(0, rows).Select(_ => new Row(Named(_key), Named(_tokens), Named(_changed))).ToList();
            var sets = _changed.Select((property, n) => $"{_quote(property.GetColumnName())} = " + (rows == 1
                ? each[0].Values[n].Parameter
                : $"CASE{string.Concat(each.Select(row => $" WHEN {All(row.Key)} THEN {row.Values[n].Parameter}"))} END"));
            _command.CommandText = $"UPDATE {_quote(_type.GetTableName()!)} SET {string.Join(", ", sets)} WHERE "
                + string.Join(" OR ", each.Select(row => $"({All(row.Key.Concat(row.Tokens))})"));
        }

        private List<(string Column, string Parameter)> Named(List<IProperty> properties) =>
            properties.ConvertAll(property => (_quote(property.GetColumnName()), _command.AddParameter()));

        private static string All(IEnumerable<(string Column, string Parameter)> equations) =>
            string.Join(" AND ", equations.Select(equation => $"{equation.Column} = {equation.Parameter}"));

        private sealed record Row(
            List<(string Column, string Parameter)> Key,
            List<(string Column, string Parameter)> Tokens,
            List<(string Column, string Parameter)> Values);
    }
}
