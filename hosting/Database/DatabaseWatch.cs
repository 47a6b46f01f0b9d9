using InstaMessenger.Hosting.Telemetry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// Tells whether the database server answers, by a connection of its own: one of the pool would wait behind the work, and a busy pool does
/// not mean that the server is away.
/// </summary>
/// <typeparam name="TContext">The service's database.</typeparam>
internal sealed class DatabaseWatch<TContext>(
    string name, string connectionString, TimeProvider clock, ILogger<DatabaseWatch<TContext>> logger) : BackgroundService
    where TContext : DbContext
{
    private const int PatienceSeconds = 3;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly string _connectionString =
        new MySqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            ConnectionTimeout = PatienceSeconds,
            DefaultCommandTimeout = PatienceSeconds,
        }.ConnectionString;

    private MySqlConnection? _connection;

    public Dependency Server { get; } = new($"the database of the {name}", clock, logger);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await AskAsync(stoppingToken);
                Server.Back();
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                await EndAsync();
                Server.Away(error.GetBaseException().Message);
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await EndAsync();
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        _connection ??= new MySqlConnection(_connectionString);
        if (_connection.State != System.Data.ConnectionState.Open) await _connection.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand("SELECT 1", _connection);
        await command.ExecuteScalarAsync(cancellationToken);
    }

    private async Task EndAsync()
    {
        if (_connection is { } ended) await ended.DisposeAsync();
        _connection = null;
    }
}
