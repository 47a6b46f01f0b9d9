using System.Globalization;
using InstaMessenger.Hosting.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// The MySQL or MariaDB server of a service: its version, whether the product can work with it, and what the migrations leave open.
/// </summary>
/// <typeparam name="TContext">The service's database.</typeparam>
/// <param name="setting">The setting that names it, for the sentences of a refusal.</param>
/// <param name="connectionString">Where it is.</param>
/// <param name="logger">Told what operators should change.</param>
internal sealed partial class MySqlServer<TContext>(string setting, string connectionString, ILogger<MySqlServer<TContext>> logger)
    where TContext : DbContext
{
    /// <summary>A webhook has at most 5 MiB, and a text may double in a statement that quotes it.</summary>
    private const long SmallestPacket = 16 * 1024 * 1024;

    private readonly Lazy<ServerVersion> _version = new(
        () => ServerVersion.AutoDetect(connectionString), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>The setting that names it, like <c>ConnectionStrings:Store</c>, for what operators are told.</summary>
    public string Setting => setting;

    /// <summary>The server's version, read once.</summary>
    public ServerVersion Version => _version.Value;

    /// <summary>Looks at the server's settings.</summary>
    /// <exception cref="SettingException">It refuses us, or the product would lose or change data there.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand(
            "SELECT @@global.sql_mode, @@global.max_allowed_packet, @@global.innodb_flush_log_at_trx_commit", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (mode, packet, flush) = (reader.GetString(0), Number(1), Number(2));
        if (mode.Split(',').Contains("NO_BACKSLASH_ESCAPES", StringComparer.OrdinalIgnoreCase))
            throw Unusable("has NO_BACKSLASH_ESCAPES in sql_mode, with which backslashes in messages would change: take it out");
        if (packet < SmallestPacket)
            throw Unusable(string.Create(CultureInfo.InvariantCulture, $"takes packets of {packet} bytes, too small for a large webhook: "
                + $"set max_allowed_packet to 16M or more"));
        if (flush != 1) LogNotDurable(logger, Setting, flush);

        long Number(int column) => Convert.ToInt64(reader.GetValue(column), CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Makes every text compare byte by byte, and makes the table of unit markers. One process does it, the others wait for it.
    /// </summary>
    public async Task CompleteAsync(IModel model, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        var changed = await MySqlSchema.CompleteAsync(connection, model, cancellationToken)
            ?? throw Unusable("has no collation that compares texts byte by byte (utf8mb4_nopad_bin or utf8mb4_0900_bin): use MariaDB "
                + "10.2, MySQL 8.0.17, or later");
        if (changed > 0) LogCollated(logger, Setting, changed);
    }

    private SettingException Unusable(string why) => new($"{Setting}: the server {why}.");

    [LoggerMessage(
        EventName = "database.not_durable", Level = LogLevel.Warning,
        Message = "{Database}: innodb_flush_log_at_trx_commit is {Value}, so a power failure may lose what was answered as kept; "
            + "set it to 1")]
    private static partial void LogNotDurable(ILogger logger, string database, long value);

    [LoggerMessage(
        EventName = "database.collated", Level = LogLevel.Information,
        Message = "{Database}: {Tables} tables now compare texts byte by byte, blanks at the end included")]
    private static partial void LogCollated(ILogger logger, string database, int tables);
}
