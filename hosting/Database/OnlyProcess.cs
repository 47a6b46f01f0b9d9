using System.Globalization;
using InstaMessenger.Hosting.Workers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// Keeps a second process away from a MySQL database whose bus ends with the process: two would record one contact's messages side by side,
/// out of order, and wake each other's live streams only by a poll. On SQLite the file's own lock does the same.
/// </summary>
internal sealed partial class OnlyProcess(string connectionString, IHostApplicationLifetime lifetime, ILogger<OnlyProcess> logger)
    : Worker, IAsyncDisposable
{
    /// <summary>How long a start waits, in seconds: the server misses a process that was killed within a moment.</summary>
    private const int LongestWait = 10;

    /// <summary>A server has one set of names for all its databases, of at most 64 characters each.</summary>
    private const string Lock = "CONCAT('instamessenger.', SHA1(DATABASE()))";

    private MySqlConnection? _holder;

    public override string Name => "database.only-process";

    public override TimeSpan Interval => TimeSpan.FromSeconds(10);

    public override async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (!await TryTakeAsync(LongestWait, cancellationToken))
            throw new InvalidOperationException(
                "Another process uses the database of ConnectionStrings:Store. Stop it, or set ConnectionStrings:RabbitMq for both: only "
                    + "with a broker may several processes run.");
    }

    /// <summary>The lock goes with its connection, so it is looked at, and taken again when the connection was cut.</summary>
    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        if (await IsHeldAsync(cancellationToken) || await TryTakeAsync(0, cancellationToken)) return NextRound.WhenWoken;
        LogAnother(logger);
        lifetime.StopApplication();
        return NextRound.WhenWoken;
    }

    public async ValueTask DisposeAsync()
    {
        if (_holder is not null) await _holder.DisposeAsync();
    }

    private async Task<bool> IsHeldAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync($"SELECT IS_USED_LOCK({Lock}) = CONNECTION_ID()", cancellationToken);
        }
        catch (Exception error) when (DatabaseErrors.IsUnavailable(error))
        {
            return false;
        }
    }

    private async Task<bool> TryTakeAsync(int seconds, CancellationToken cancellationToken)
    {
        if (_holder is not null) await _holder.DisposeAsync();
        // Not of the pool, which would keep the connection, and with it the lock, when this process lets go.
        _holder = new MySqlConnection(new MySqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await _holder.OpenAsync(cancellationToken);
        return await AskAsync($"SELECT GET_LOCK({Lock}, {seconds})", cancellationToken);
    }

    private async Task<bool> AskAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(sql, _holder);
        // MySQL and MariaDB give it in different types, and NULL when nobody has the lock.
        return await command.ExecuteScalarAsync(cancellationToken) is { } answer and not DBNull
            && Convert.ToInt64(answer, CultureInfo.InvariantCulture) == 1;
    }

    [LoggerMessage(
        EventName = "database.taken",
        Level = LogLevel.Critical,
        Message = "The connection to the database was cut, and another process has begun to use it meanwhile; this one stops")]
    private static partial void LogAnother(ILogger logger);
}

/// <summary>Registers <see cref="OnlyProcess"/>.</summary>
public static class OnlyProcessSetup
{
    /// <summary>
    /// Refuses to be the second process of the store's MySQL database, unless there is a broker. Call it before the workers are added, so
    /// that none of them has begun when the start is refused.
    /// </summary>
    /// <param name="builder">The host of all services.</param>
    public static void AddOnlyProcess(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var (database, broker) = (
            builder.Configuration.GetConnectionString("Store"), builder.Configuration.GetConnectionString("RabbitMq"));
        if (string.IsNullOrWhiteSpace(database) || !string.IsNullOrWhiteSpace(broker)) return;
        builder.Services.AddSingleton(provider => ActivatorUtilities.CreateInstance<OnlyProcess>(provider, database));
        builder.Services.AddWorker<OnlyProcess>();
    }
}
