using System.Diagnostics;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.Hosting.Workers;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Ingress.Journaling;

/// <summary>
/// The file that makes a 200 true: each webhook is a row in it, synced to the disk with its neighbours in one commit, until the bus has
/// confirmed it. No EF here: this is the hottest path of the product, and it is one statement.
/// </summary>
internal sealed partial class Journal : IAsyncDisposable
{
    /// <summary>How long to wait for a foreign lock, in seconds: the answer is still within the 5 s that Meta allows.</summary>
    internal const int BusySeconds = 2;

    /// <summary>The longest wait for the disk: one that hangs must not hold requests for ever. Also within Meta's 5 s.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(4);

    private static readonly Task<bool> Written = Task.FromResult(true);

    private readonly FileLock _lock;
    private readonly GroupCommitWriter _writer;
    private readonly TimeProvider _clock;
    private readonly ILogger<Journal> _logger;
    private readonly long _mostBytes;
    private InsertCommand? _insert;
    private int _failing;
    private bool _created;

    public Journal(IConfiguration configuration, IOptions<JournalOptions> options, TimeProvider clock, ILogger<Journal> logger)
    {
        var path = DataDirectory.File(configuration, "ingress.db");
        ConnectionString = SqliteSettings.ConnectionString(path, BusySeconds);
        (_mostBytes, _clock, _logger) = (options.Value.JournalMaxBytes, clock, logger);
        _lock = new FileLock(path);
        _writer = new GroupCommitWriter(ConnectionString);
    }

    /// <summary>The connection string for reads, which need no writer.</summary>
    public string ConnectionString { get; }

    /// <summary>Wakes the relay.</summary>
    public WakeSignal Signal { get; } = new();

    /// <summary>
    /// Keeps a webhook. Returns false when that cannot be said for sure within 4 s. The row may be committed all the same; the store
    /// recognises Meta's second post.
    /// </summary>
    public async ValueTask<bool> TryAppendAsync(byte[] body)
    {
        var (receivedAt, traceParent) = (_clock.GetUtcNow().ToUnixTimeMilliseconds(), Activity.Current?.Id);
        try
        {
            await WriteAsync(connection => InsertFor(connection).Run(receivedAt, traceParent, body));
        }
        catch (Exception error)
        {
            // Whatever the error is, the webhook is not safe here. A series of such errors is logged once.
            if (Interlocked.Exchange(ref _failing, 1) == 0) LogUnavailable(_logger, error);
            return false;
        }

        if (_failing == 1 && Interlocked.Exchange(ref _failing, 0) == 1) LogRecovered(_logger);
        Signal.Wake();
        return true;
    }

    /// <summary>Makes the table where it is missing. After the first time it does nothing.</summary>
    public async Task EnsureCreatedAsync()
    {
        if (_created) return;
        await WriteAsync(connection => InsertFor(connection));
        _created = true;
    }

    /// <summary>Tries whether a webhook could be kept, with a row that is gone again at the commit.</summary>
    public Task ProbeAsync() => WriteAsync(connection =>
    {
        InsertFor(connection);
        Execute(
            connection,
            "INSERT INTO journal (received_at, body) VALUES (0, zeroblob(16384)); DELETE FROM journal WHERE id = last_insert_rowid();");
    });

    /// <summary>Deletes rows.</summary>
    /// <param name="runs">First and last id of each run of neighbours.</param>
    public Task DeleteAsync(IReadOnlyList<(long First, long Last)> runs) => WriteAsync(connection =>
    {
        using var delete = connection.CreateCommand();
        delete.CommandText = "DELETE FROM journal WHERE id BETWEEN $first AND $last";
        var (first, last) = (delete.Parameters.Add("$first", SqliteType.Integer), delete.Parameters.Add("$last", SqliteType.Integer));
        foreach (var run in runs)
        {
            (first.Value, last.Value) = (run.First, run.Last);
            delete.ExecuteNonQuery();
        }
    });

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _lock.Dispose();
    }

    private async Task WriteAsync(Action<SqliteConnection> work)
    {
        using var patience = new CancellationTokenSource(LongestWait, _clock);
        var written = _writer.WriteAsync(
            connection =>
            {
                work(connection);
                return Written;
            },
            patience.Token);
        await written.WaitAsync(patience.Token);
    }

    /// <summary>The writer keeps its connection until it fails, so the insert is prepared once per connection.</summary>
    private InsertCommand InsertFor(SqliteConnection connection)
    {
        if (_insert?.Connection != connection) _insert = new InsertCommand(connection, _mostBytes);
        return _insert;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    [LoggerMessage(
        EventName = "journal.unavailable",
        Level = LogLevel.Error,
        Message = "The journal takes no webhook; they are answered 503 until it does")]
    private static partial void LogUnavailable(ILogger logger, Exception error);

    [LoggerMessage(EventName = "journal.recovered", Level = LogLevel.Information, Message = "The journal takes webhooks again")]
    private static partial void LogRecovered(ILogger logger);

    private sealed class InsertCommand
    {
        private readonly SqliteCommand _command;
        private readonly SqliteParameter _receivedAt;
        private readonly SqliteParameter _traceParent;
        private readonly SqliteParameter _body;

        public InsertCommand(SqliteConnection connection, long mostBytes)
        {
            // AUTOINCREMENT: without it an emptied table gives its ids out again, and a bus item's id, made from the row's, would name two
            // webhooks.
            Execute(
                connection,
                "CREATE TABLE IF NOT EXISTS journal (id INTEGER PRIMARY KEY AUTOINCREMENT, received_at INTEGER NOT NULL, trace_parent "
                    + "TEXT, body BLOB NOT NULL)");
            using var pageSize = connection.CreateCommand();
            pageSize.CommandText = "PRAGMA page_size";
            Execute(connection, $"PRAGMA max_page_count={mostBytes / (long)pageSize.ExecuteScalar()!}");

            Connection = connection;
            _command = connection.CreateCommand();
            _command.CommandText = "INSERT INTO journal (received_at, trace_parent, body) VALUES ($received_at, $trace_parent, $body)";
            _receivedAt = _command.Parameters.Add("$received_at", SqliteType.Integer);
            _traceParent = _command.Parameters.Add("$trace_parent", SqliteType.Text);
            _body = _command.Parameters.Add("$body", SqliteType.Blob);
        }

        public SqliteConnection Connection { get; }

        public void Run(long receivedAt, string? traceParent, byte[] body)
        {
            _receivedAt.Value = receivedAt;
            _traceParent.Value = (object?)traceParent ?? DBNull.Value;
            _body.Value = body;
            _command.ExecuteNonQuery();
        }
    }
}
