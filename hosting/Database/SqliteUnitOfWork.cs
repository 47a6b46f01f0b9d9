using InstaMessenger.Hosting.Outbox;
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
    public async Task<T> ExecuteAsync<T>(Func<WorkScope<TContext>, Task<T>> work, CancellationToken cancellationToken = default)
    {
        WorkScope<TContext>? scope = null;
        var result = await writer.WriteAsync(
            async connection =>
            {
                await using var db = createContext(connection);
                scope = new WorkScope<TContext>(db, outbox, clock);
                var value = await work(scope);
                await db.SaveChangesAsync(CancellationToken.None);
                return value;
            },
            cancellationToken);
        scope?.RunHooks(error => logger.HookFailed(error, typeof(TContext).Name));
        return result;
    }

    public ValueTask DisposeAsync() => writer.DisposeAsync();
}
