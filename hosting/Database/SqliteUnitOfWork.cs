using InstaMessenger.Hosting.Outbox;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Database;

/// <summary>Units of work on SQLite, grouped into commits by a <see cref="GroupCommitWriter"/>.</summary>
internal sealed class SqliteUnitOfWork<TContext>(
    GroupCommitWriter writer,
    Func<SqliteConnection, TContext> contextOf,
    OutboxSignal<TContext> outbox,
    TimeProvider clock,
    ILogger<SqliteUnitOfWork<TContext>> logger) : IUnitOfWork<TContext>, IAsyncDisposable
    where TContext : DbContext
{
    public async Task<T> ExecuteAsync<T>(Func<WorkScope<TContext>, Task<T>> work, CancellationToken cancellationToken = default)
    {
        WorkScope<TContext>? scope = null;
        var result = await writer.WriteAsync(
            async connection =>
            {
                var db = contextOf(connection);
                scope = new WorkScope<TContext>(db, outbox, clock);
                try
                {
                    var value = await work(scope);
                    await db.SaveChangesAsync(CancellationToken.None);
                    return value;
                }
                finally
                {
                    // The next unit of the writer has the same context and none of its rows.
                    db.ChangeTracker.Clear();
                }
            },
            cancellationToken);
        scope?.RunHooks(error => logger.HookFailed(error, typeof(TContext).Name));
        return result;
    }

    public ValueTask DisposeAsync() => writer.DisposeAsync();
}
