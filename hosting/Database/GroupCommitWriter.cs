using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// The one writer of a SQLite file. Units of work queue up, run one after another in one transaction, and are answered after the one
/// commit: SQLite has a single writer anyway, and this way the disk is synced once for many units instead of once for each. A unit that
/// fails fails alone: the transaction begins anew, and those before it run again. A savepoint for each would make SQLite copy every
/// page before it changes it, and for a bundle of webhooks those copies were half of all that was written.
/// </summary>
/// <param name="connectionString">Which file; its default timeout (seconds) bounds the wait for a foreign lock.</param>
public sealed class GroupCommitWriter(string connectionString) : IAsyncDisposable
{
    /// <summary>A transaction takes no further unit after this long, so that the first unit in it is not kept waiting.</summary>
    private static readonly TimeSpan LongestTransaction = TimeSpan.FromMilliseconds(20);

    private const int MostUnits = 512;
    private const int QueueLimit = 20_000;

    private readonly Channel<Unit> _queue = Channel.CreateBounded<Unit>(
        new BoundedChannelOptions(QueueLimit) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    /// <summary>
    /// Its own connection, and none of the pool's: the pool closes what it takes for lost, and takes a connection for lost for a moment
    /// while it is being opened.
    /// </summary>
    private readonly string _own = new SqliteConnectionStringBuilder(connectionString) { Pooling = false }.ToString();

    private readonly Lock _starting = new();
    private Task? _loop;
    private SqliteConnection? _connection;

    /// <summary>Runs <paramref name="work"/> inside the next transaction and returns once that is committed and synced.</summary>
    /// <typeparam name="T">What the work gives back.</typeparam>
    /// <param name="work">
    /// Uses only the connection it is given, and awaits nothing else: every other writer waits for it. The transaction is already open.
    /// Runs again when another unit of the transaction fails, so it changes nothing but the database.
    /// </param>
    /// <param name="cancellationToken">Takes the unit back while it has not begun.</param>
    /// <returns>What the work gave back.</returns>
    /// <exception cref="DatabaseUnavailableException">Locked, full, read-only, or 20,000 units are waiting. Nothing was kept.</exception>
    public Task<T> WriteAsync<T>(Func<SqliteConnection, Task<T>> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        EnsureRunning();
        var unit = new Unit<T>(work, cancellationToken);
        return _queue.Writer.TryWrite(unit)
            ? unit.Completion
            : Task.FromException<T>(new DatabaseUnavailableException("The writer's queue is full or closed."));
    }

    /// <summary>Commits what is queued, then closes the file.</summary>
    /// <returns>Completes once the file is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        if (_loop is not null) await _loop;
        _connection?.Dispose();
    }

    private void EnsureRunning()
    {
        if (_loop is not null) return;
        lock (_starting)
        {
            // Runs without the first caller's context, which the loop would keep alive as long as the process.
            using var _ = ExecutionContext.SuppressFlow();
            _loop ??= Task.Run(RunAsync);
        }
    }

    private async Task RunAsync()
    {
        var batch = new List<Unit>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            try
            {
                await RunTransactionAsync(batch);
            }
            catch (Exception error)
            {
                // Whatever it was, nothing was committed; the next batch starts on a fresh connection.
                DropConnection();
                var unavailable = new DatabaseUnavailableException("The database took no write.", error);
                foreach (var unit in batch) unit.Fail(unavailable);
            }
        }
    }

    private async Task RunTransactionAsync(List<Unit> batch)
    {
        // The first unit is taken before BEGIN, so that a database that cannot even begin fails somebody instead of spinning.
        if (!_queue.Reader.TryRead(out var next)) return;
        batch.Add(next);
        SqliteConnection connection;
        try
        {
            connection = Begin();
        }
        catch
        {
            // All that queued up meanwhile fail together: if each waited for the foreign lock by itself, the hundredth would be told after
            // minutes.
            while (_queue.Reader.TryRead(out next)) batch.Add(next);
            throw;
        }

        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            if (!next.TakenBack && !await TryRunAsync(connection, next)) await RunAgainAsync(connection, batch);
            if (batch.Count == MostUnits || Stopwatch.GetElapsedTime(began) > LongestTransaction) break;
            if (!_queue.Reader.TryRead(out next)) break;
            batch.Add(next);
        }

        Execute(connection, "COMMIT");
        foreach (var unit in batch) unit.Commit();
    }

    private SqliteConnection Begin()
    {
        var connection = _connection ??= Open();
        Execute(connection, "BEGIN IMMEDIATE");
        return connection;
    }

    /// <summary>Begins the transaction anew without the unit that failed, until all others have run in it.</summary>
    private static async Task RunAgainAsync(SqliteConnection connection, List<Unit> batch)
    {
        bool again;
        do
        {
            again = false;
            Execute(connection, "ROLLBACK; BEGIN IMMEDIATE");
            foreach (var unit in batch)
            {
                if (!unit.HasRun || await TryRunAsync(connection, unit)) continue;
                again = true;
                break;
            }
        }
        while (again);
    }

    /// <summary>
    /// Runs a unit. A full or failing disk ends the whole transaction and is left to the caller; anything else is this unit's own fault.
    /// </summary>
    private static async Task<bool> TryRunAsync(SqliteConnection connection, Unit unit)
    {
        try
        {
            await unit.RunAsync(connection);
            return true;
        }
        catch (Exception error) when (!DatabaseErrors.IsUnavailable(error))
        {
            unit.Fail(error);
            return false;
        }
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_own);
        try
        {
            connection.Open();
            Execute(connection, SqliteSettings.Pragmas);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void DropConnection()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private abstract class Unit(CancellationToken cancellationToken)
    {
        public bool TakenBack => cancellationToken.IsCancellationRequested;

        /// <summary>Whether it ran to its end, and has not failed when it ran again.</summary>
        public bool HasRun { get; protected set; }

        public abstract Task RunAsync(SqliteConnection connection);

        public abstract void Commit();

        public abstract void Fail(Exception error);
    }

    private sealed class Unit<T>(Func<SqliteConnection, Task<T>> work, CancellationToken cancellationToken) : Unit(cancellationToken)
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // The loop has an ambient context of its own; the work belongs to the caller's trace.
        private readonly Activity? _activity = Activity.Current;
        private readonly CancellationToken _cancellationToken = cancellationToken;
        private T? _result;

        public Task<T> Completion => _completion.Task;

        public override async Task RunAsync(SqliteConnection connection)
        {
            HasRun = false;
            Activity.Current = _activity;
            _result = await work(connection);
            HasRun = true;
        }

        public override void Commit()
        {
            if (HasRun) _completion.TrySetResult(_result!);
            else _completion.TrySetCanceled(_cancellationToken);
        }

        public override void Fail(Exception error) => _completion.TrySetException(error);
    }
}
