using InstaMessenger.Hosting.Telemetry;
using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// Tells whether the database server answers, by a connection of its own: one of the pool would wait behind the work, and a busy pool does
/// not mean that the server is away.
/// </summary>
/// <typeparam name="TContext">The service's database.</typeparam>
internal sealed class DatabaseWatch<TContext>(
    string name, string connectionString, TimeProvider clock, ILogger<DatabaseWatch<TContext>> logger) : Worker
    where TContext : DbContext
{
    private const int PatienceSeconds = 3;

    private readonly string _connectionString =
        new MySqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            ConnectionTimeout = PatienceSeconds,
            DefaultCommandTimeout = PatienceSeconds,
        }.ConnectionString;

    private MySqlConnection? _connection;

    public Dependency Server { get; } = new($"the database of the {name}", clock, logger);

    public override string Name { get; } = $"{name}.database-watch";

    public override TimeSpan Interval => TimeSpan.FromSeconds(2);

    /// <summary>A server that does not answer must not hold up the end of the process.</summary>
    public override TimeSpan Drain => TimeSpan.Zero;

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(cancellationToken);
            Server.Back();
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            await DisconnectAsync();
            Server.Away(error.GetBaseException().Message);
        }

        return NextRound.WhenWoken;
    }

    public override Task EndAsync(CancellationToken cancellationToken) => DisconnectAsync();

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        _connection ??= new MySqlConnection(_connectionString);
        if (_connection.State != System.Data.ConnectionState.Open) await _connection.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand("SELECT 1", _connection);
        await command.ExecuteScalarAsync(cancellationToken);
    }

    private async Task DisconnectAsync()
    {
        if (_connection is { } ended) await ended.DisposeAsync();
        _connection = null;
    }
}
