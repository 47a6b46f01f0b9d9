using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// Runs units of work on MySQL or MariaDB: parallel transactions, run again when two meet in the same rows. A unit has one connection and
/// fails with it. A unit whose commit was not answered is looked up, so that it never counts as failed although it is there.
/// </summary>
internal sealed class MySqlUnitOfWork<TContext>(
    Func<MySqlConnection> createConnection,
    Func<MySqlConnection, TContext> createContext,
    OutboxSignal<TContext> outbox,
    TimeProvider clock,
    ILogger<MySqlUnitOfWork<TContext>> logger) : IUnitOfWork<TContext>, IDisposable
    where TContext : DbContext
{
    private const int MostAttempts = 10;

    /// <summary>
    /// From this attempt on, the units of this process that lost take turns: when many meet in one row, only one wins each round.
    /// </summary>
    private const int InTurnFrom = 3;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly UnitMarkers _markers = new(createConnection, clock);

    public async Task<T> ExecuteAsync<T>(Func<WorkScope<TContext>, Task<T>> work, CancellationToken cancellationToken = default)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return attempt < InTurnFrom
                    ? await ExecuteOnceAsync(work, cancellationToken)
                    : await ExecuteInTurnAsync(work, cancellationToken);
            }
            catch (Exception error) when (attempt < MostAttempts && DatabaseErrors.IsConflict(error))
            {
                logger.Conflict(error, typeof(TContext).Name, attempt);
                // Jitter, so that the two that met do not meet again in step. The server's locks know no clock but the real one.
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 10 * attempt)), TimeProvider.System, cancellationToken);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested && MayPass(error))
            {
                throw new DatabaseUnavailableException("The database took no write.", error);
            }
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Whether the error may pass. It may even when a unit met another ten times: its rows are busy just now.</summary>
    private static bool MayPass(Exception error) =>
        error is DbUpdateConcurrencyException || (error is not DatabaseUnavailableException && DatabaseErrors.IsUnavailable(error));

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
        WorkScope<TContext> scope;
        T result;
        await using (var connection = createConnection())
        {
            await connection.OpenAsync(cancellationToken);
            await using var db = createContext(connection);
            scope = new WorkScope<TContext>(db, outbox, clock);
            var marker = _markers.New();
            try
            {
                await UnitTransaction.BeginAsync(connection, cancellationToken);
                result = await work(scope);
                await db.SaveChangesAsync(cancellationToken);
            }
            catch
            {
                await UnitTransaction.RollBackAsync(connection);
                throw;
            }

            await CommitAsync(connection, marker, cancellationToken);
        }

        scope.RunHooks(error => logger.HookFailed(error, typeof(TContext).Name));
        await _markers.SweepAsync(cancellationToken);
        return result;
    }

    /// <summary>Returns when the unit is kept and throws when it is not, even when the answer to the commit never came.</summary>
    private async Task CommitAsync(MySqlConnection connection, UnitMarker marker, CancellationToken cancellationToken)
    {
        try
        {
            await UnitTransaction.CommitAsync(connection, marker);
        }
        catch (Exception error)
        {
            await UnitTransaction.RollBackAsync(connection);
            if (DatabaseErrors.IsConflict(error)) throw;
            if (!await _markers.WasCommittedAsync(marker, error, cancellationToken)) throw;
            logger.HeldAfterAll(error, typeof(TContext).Name);
        }
    }
}
