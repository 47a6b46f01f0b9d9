using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Database;

/// <summary>Units of work on SQLite, grouped into commits by a <see cref="GroupCommitWriter"/>.</summary>
internal sealed class SqliteUnitOfWork<TContext>(
    GroupCommitWriter writer,
    Func<SqliteConnection, TContext> createContext,
    OutboxSignal<TContext> outbox,
    TimeProvider clock,
    ILogger<SqliteUnitOfWork<TContext>> logger) : IUnitOfWork<TContext>, IAsyncDisposable
    where TContext : DbContext
{
    // Used only inside units, and the writer runs one at a time.
    private (SqliteConnection Connection, TContext Db)? _spare;

    public async Task<T> ExecuteAsync<T>(Func<WorkScope<TContext>, Task<T>> work, CancellationToken cancellationToken = default)
    {
        WorkScope<TContext>? scope = null;
        var result = await writer.WriteAsync(
            async connection =>
            {
                var db = TakeContext(connection);
                scope = new WorkScope<TContext>(db, outbox, clock);
                try
                {
                    var value = await work(scope);
                    await db.SaveChangesAsync(CancellationToken.None);
                    KeepContext(connection, db);
                    return value;
                }
                catch
                {
                    await db.DisposeAsync();
                    throw;
                }
            },
            cancellationToken);
        scope?.RunHooks(error => logger.HookFailed(error, typeof(TContext).Name));
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        await writer.DisposeAsync();
        if (_spare is { } spare) await spare.Db.DisposeAsync();
    }

    /// <summary>
    /// Takes the context of the unit before, if that ran on the same connection: making one costs as much as a small unit itself.
    /// </summary>
    private TContext TakeContext(SqliteConnection connection)
    {
        var spare = _spare;
        _spare = null;
        if (spare?.Connection == connection) return spare.Value.Db;
        spare?.Db.Dispose();
        return createContext(connection);
    }

    /// <summary>Keeps the context for the next unit, only after success: a unit that failed may have left changes in its context.</summary>
    private void KeepContext(SqliteConnection connection, TContext db)
    {
        db.ChangeTracker.Clear();
        _spare = (connection, db);
    }
}
