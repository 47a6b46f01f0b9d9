using InstaMessenger.Hosting.Settings;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// Brings the schema up to date before anything else starts. On SQLite the process holds a file lock. On MySQL the migrations take the
/// server's own lock, and the start waits for a server that is not there yet.
/// </summary>
internal sealed partial class DatabaseStarter<TContext>(
    IDbContextFactory<TContext> factory,
    DatabaseFile<TContext> file,
    IEnumerable<MySqlServer<TContext>> servers,
    TimeProvider clock,
    ILogger<DatabaseStarter<TContext>> logger) : IHostedLifecycleService, IDisposable
    where TContext : DbContext
{
    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(1);
    private FileLock? _lock;

    /// <summary>There is none on SQLite.</summary>
    private MySqlServer<TContext> Server => servers.Single();

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (file.Path is not null) _lock = new FileLock(file.Path);
        while (true)
        {
            try
            {
                await MigrateAsync(cancellationToken);
                return;
            }
            catch (MySqlException error) when (
                error.ErrorCode is MySqlErrorCode.AccessDenied or MySqlErrorCode.DatabaseAccessDenied or MySqlErrorCode.UnknownDatabase)
            {
                throw new SettingException($"{Server.Setting}: the server answers, and refuses: {error.Message}", error);
            }
            catch (SqliteException error) when (DatabaseErrors.IsUnavailable(error))
            {
                // Damaged, full, read-only, no database at all: nobody but the operator can mend it.
                throw new InvalidOperationException($"Data:Directory: {file.Path} cannot be used: {error.Message}", error);
            }
            catch (Exception error) when (file.Path is null && DatabaseErrors.IsUnavailable(error))
            {
                LogWaiting(logger, error, Server.Setting);
                await Task.Delay(RetryEvery, clock, cancellationToken);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _lock?.Dispose();

    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        foreach (var server in servers) await server.CheckAsync(cancellationToken);
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        // Most starts find nothing to do. Looking is cheap; EF's migration makes a second model first.
        if ((await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any()) await ApplyAsync(db, cancellationToken);
        // After a migration the model is one for design time. The one for use is made from it now, while nobody else asks: EF gives a
        // second thread that comes in between a model that is not ready, and the workers all begin at once.
        _ = db.Model.GetRelationalModel();
        foreach (var server in servers) await server.CompleteAsync(db.GetService<IDesignTimeModel>().Model, cancellationToken);
    }

    private async Task ApplyAsync(TContext db, CancellationToken cancellationToken)
    {
        if (file.Path is not null)
        {
            // EF's migration lock on SQLite is a row that a killed process leaves behind for ever; the file lock above makes it safe to
            // remove.
            await db.Database.ExecuteSqlRawAsync(
                "CREATE TABLE IF NOT EXISTS __EFMigrationsLock (Id INTEGER NOT NULL PRIMARY KEY, Timestamp TEXT NOT NULL); DELETE FROM "
                    + "__EFMigrationsLock;",
                cancellationToken);
        }

        await db.Database.MigrateAsync(cancellationToken);
    }

    [LoggerMessage(EventName = "database.waiting", Level = LogLevel.Warning, Message = "{Database} does not answer yet; trying again")]
    private static partial void LogWaiting(ILogger logger, Exception error, string database);
}
