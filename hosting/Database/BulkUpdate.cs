using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// Updates many rows of one table on SQLite without EF, which builds, sorts and parses a command for each: that cost more than the inserts
/// of the messages that the changes came from. On MySQL EF sends many in one round trip, so this class leaves them to it.
/// </summary>
public static class BulkUpdate
{
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
        if (!db.Database.IsSqlite()) return 0;
        var written = 0;
        var statements = new Dictionary<string, Statement>(StringComparer.Ordinal);
        try
        {
            var entries = db.ChangeTracker.Entries<T>()
                .Where(entry => entry.State == EntityState.Modified && only?.Invoke(entry) != false).ToList();
            foreach (var entry in entries)
            {
                var changed = entry.Properties.Where(property => property.IsModified).Select(property => property.Metadata).ToList();
                var name = string.Join(',', changed.Select(property => property.Name));
                if (!statements.TryGetValue(name, out var statement))
                    statements.Add(name, statement = new Statement(db, entry.Metadata, changed));
                await statement.RunAsync(entry);
                written++;
            }
        }
        finally
        {
            foreach (var statement in statements.Values) await statement.DisposeAsync();
        }

        return written;
    }

    /// <summary>The update of one set of columns; run again, it is not parsed again.</summary>
    private sealed class Statement : IAsyncDisposable
    {
        private readonly List<IProperty> _changed;
        private readonly List<IProperty> _found;
        private readonly DbCommand _command;

        public Statement(DbContext db, IEntityType type, List<IProperty> changed)
        {
            _changed = changed;
            _found = [.. type.GetProperties().Where(property => property.IsPrimaryKey() || property.IsConcurrencyToken)];
            _command = db.Database.GetDbConnection().CreateCommand();
            _command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
            var quote = (Func<string, string>)db.GetService<ISqlGenerationHelper>().DelimitIdentifier;
            _command.CommandText = $"UPDATE {quote(type.GetTableName()!)} SET {string.Join(", ", _changed.Select(Equation))} WHERE "
                + $"{string.Join(" AND ", _found.Select(Equation))}";

            string Equation(IProperty property) => $"{quote(property.GetColumnName())} = {_command.AddParameter()}";
        }

        public async Task RunAsync(EntityEntry entry)
        {
            var next = 0;
            foreach (var property in _changed)
                _command.Parameters[next++].Value = property.Stored(entry.Property(property).CurrentValue) ?? DBNull.Value;
            foreach (var property in _found)
                _command.Parameters[next++].Value = property.Stored(entry.Property(property).OriginalValue) ?? DBNull.Value;
            if (await _command.ExecuteNonQueryAsync() != 1)
                throw new DbUpdateConcurrencyException($"A row of {entry.Metadata.GetTableName()} is gone, or is not as it was read.");
            entry.OriginalValues.SetValues(entry.CurrentValues);
            entry.State = EntityState.Unchanged;
        }

        public ValueTask DisposeAsync() => _command.DisposeAsync();
    }
}
