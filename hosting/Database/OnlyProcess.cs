using System.Globalization;
using InstaMessenger.Hosting.Workers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// Keeps a second process away from MySQL databases whose bus ends with the process: two would record one contact's messages side by side,
/// out of order, and wake each other's live streams only by a poll. On SQLite the file's own lock does the same.
/// </summary>
internal sealed partial class OnlyProcess(OwnDatabases databases, IHostApplicationLifetime lifetime, ILogger<OnlyProcess> logger)
    : Worker, IAsyncDisposable
{
    /// <summary>How long a start waits, in seconds: the server misses a process that was killed within a moment.</summary>
    private const int LongestWait = 10;

    /// <summary>A server has one set of names for all its databases, of at most 64 characters each.</summary>
    private const string Lock = "CONCAT('instamessenger.', SHA1(DATABASE()))";

    /// <summary>The connection that has each database's lock, by the setting that names it.</summary>
    private readonly Dictionary<string, MySqlConnection> _holders = [];

    public override string Name => "database.only-process";

    public override TimeSpan Interval => TimeSpan.FromSeconds(10);

    public override async Task BeginAsync(CancellationToken cancellationToken)
    {
        foreach (var setting in databases.Settings.Keys)
        {
            if (!await TryTakeAsync(setting, LongestWait, cancellationToken))
                throw new InvalidOperationException(
                    $"Another process uses the database of {setting}. Stop it, or set ConnectionStrings:RabbitMq for both: only with a "
                        + "broker may several processes run.");
        }
    }

    /// <summary>The lock goes with its connection, so it is looked at, and taken again when the connection was cut.</summary>
    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        foreach (var setting in databases.Settings.Keys)
        {
            if (await IsHeldAsync(setting, cancellationToken) || await TryTakeAsync(setting, 0, cancellationToken)) continue;
            LogAnother(logger, setting);
            lifetime.StopApplication();
        }

        return NextRound.WhenWoken;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var holder in _holders.Values) await holder.DisposeAsync();
    }

    private async Task<bool> IsHeldAsync(string setting, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(_holders[setting], $"SELECT IS_USED_LOCK({Lock}) = CONNECTION_ID()", cancellationToken);
        }
        catch (Exception error) when (DatabaseErrors.IsUnavailable(error))
        {
            return false;
        }
    }

    private async Task<bool> TryTakeAsync(string setting, int seconds, CancellationToken cancellationToken)
    {
        if (_holders.TryGetValue(setting, out var cut)) await cut.DisposeAsync();
        // Not of the pool, which would keep the connection, and with it the lock, when this process lets go.
        var server = new MySqlConnectionStringBuilder(databases.Settings[setting]) { Pooling = false };
        var holder = _holders[setting] = new MySqlConnection(server.ConnectionString);
        await holder.OpenAsync(cancellationToken);
        return await AskAsync(holder, $"SELECT GET_LOCK({Lock}, {seconds})", cancellationToken);
    }

    private static async Task<bool> AskAsync(MySqlConnection holder, string sql, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(sql, holder);
        // MySQL and MariaDB give it in different types, and NULL when nobody has the lock.
        return await command.ExecuteScalarAsync(cancellationToken) is { } answer and not DBNull
            && Convert.ToInt64(answer, CultureInfo.InvariantCulture) == 1;
    }

    [LoggerMessage(
        EventName = "database.taken",
        Level = LogLevel.Critical,
        Message = "The connection to the database of {Setting} was cut, and another process has begun to use it meanwhile; this one stops")]
    private static partial void LogAnother(ILogger logger, string setting);
}

/// <summary>The databases that a process must have for itself.</summary>
/// <param name="Settings">The connection strings by the names of their settings.</param>
internal sealed record OwnDatabases(IReadOnlyDictionary<string, string> Settings);

/// <summary>Registers <see cref="OnlyProcess"/>.</summary>
public static class OnlyProcessSetup
{
    /// <summary>
    /// Refuses to be the second process of a service's MySQL database, unless there is a broker. Call it before the workers are added, so
    /// that none of them has begun when the start is refused.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="services">The services in this process that have a database, like <c>Store</c>.</param>
    public static void AddOnlyProcess(this IHostApplicationBuilder builder, params ReadOnlySpan<string> services)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var settings = new Dictionary<string, string>();
        foreach (var service in services)
        {
            if (builder.Configuration.GetConnectionString(service) is { } database && !string.IsNullOrWhiteSpace(database))
                settings[$"ConnectionStrings:{service}"] = database;
        }

        if (settings.Count == 0 || !string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString("RabbitMq"))) return;
        builder.Services.AddSingleton(new OwnDatabases(settings));
        builder.Services.AddWorker<OnlyProcess>();
    }
}
