using InstaMessenger.Hosting.Outbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Database;

/// <summary>Units of work on MySQL or MariaDB: parallel transactions, run again when two meet in the same rows.</summary>
internal sealed class MySqlUnitOfWork<TContext>(
    Func<TContext> createContext,
    OutboxSignal<TContext> outbox,
    TimeProvider clock,
    ILogger<MySqlUnitOfWork<TContext>> logger) : IUnitOfWork<TContext>, IDisposable
    where TContext : DbContext
{
    private const int MostAttempts = 10;

    /// <summary>From this attempt on, the units of this process that lost take turns: of many in one row only one wins each round.</summary>
    private const int InTurnFrom = 3;

    private readonly SemaphoreSlim _turn = new(1);

    public async Task<T> ExecuteAsync<T>(Func<WorkScope<TContext>, Task<T>> work, CancellationToken cancellationToken = default)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return attempt < InTurnFrom ? await ExecuteOnceAsync(work, cancellationToken) : await ExecuteInTurnAsync(work, cancellationToken);
            }
            catch (Exception error) when (attempt < MostAttempts && DatabaseErrors.IsConflict(error))
            {
                logger.Conflict(error, typeof(TContext).Name, attempt);
                // Jitter, so that the two that met do not meet again in step.
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 10 * attempt)), clock, cancellationToken);
            }
            catch (Exception error) when (error is not DatabaseUnavailableException && DatabaseErrors.IsUnavailable(error))
            {
                throw new DatabaseUnavailableException("The database took no write.", error);
            }
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<T> ExecuteInTurnAsync<T>(Func<WorkScope<TContext>, Task<T>> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await ExecuteOnceAsync(work, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<T> ExecuteOnceAsync<T>(Func<WorkScope<TContext>, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var db = createContext();
        // Read committed: repeatable reads would hand a re-run unit its old snapshot and lock gaps around every missing key.
        await using var transaction = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken);
        var scope = new WorkScope<TContext>(db, outbox, clock);
        var result = await work(scope);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        scope.RunHooks(error => logger.HookFailed(error, typeof(TContext).Name));
        return result;
    }
}
