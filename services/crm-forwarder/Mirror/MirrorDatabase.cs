using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Settings;
using MySqlConnector;

namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>The CRM's database: opens it, makes the tables or checks them, and reads where the mirror stands.</summary>
internal sealed class MirrorDatabase
{
    /// <summary>Longer than any statement but the ones that remove much.</summary>
    private const uint StatementSeconds = 60;

    private readonly string _connectionString;
    private volatile bool _checked;

    /// <exception cref="SettingException">The connection string names no database; the message does not quote it.</exception>
    public MirrorDatabase(string connectionString)
    {
        try
        {
            var settings = new MySqlConnectionStringBuilder(connectionString)
            {
                CharacterSet = "utf8mb4", DefaultCommandTimeout = StatementSeconds, ConnectionTimeout = 5, MaximumPoolSize = 2,
                DateTimeKind = MySqlDateTimeKind.Utc, UseAffectedRows = false,
            };
            if (settings is { Server.Length: > 0, Database.Length: > 0 }) _connectionString = settings.ConnectionString;
        }
        catch (ArgumentException)
        {
            // Told below.
        }

        if (_connectionString is null)
            throw new SettingException("ConnectionStrings:CrmMirror must name a MySQL or MariaDB database, like "
                + "Server=host;Database=name;User ID=user;Password=password.");
    }

    /// <summary>Opens a connection to tables that are as they should be.</summary>
    /// <exception cref="MirrorRefusedException">They are not.</exception>
    public async Task<MySqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new MySqlConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            // Texts are quoted with backslashes, and a value that does not fit must not be cut by the server.
            await ExecuteAsync(connection, "SET SESSION sql_mode = 'STRICT_ALL_TABLES', innodb_lock_wait_timeout = 20", cancellationToken);
            if (!_checked) await CheckAsync(connection, cancellationToken);
            _checked = true;
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has the tables looked at again: somebody may have changed them while the database was away.</summary>
    public void CheckAgain() => _checked = false;

    /// <summary>Reads where the mirror stands, and holds it there for others when it is read to be changed.</summary>
    public static async Task<MirrorPlace> ReadAsync(
        MySqlConnection connection, MySqlTransaction? transaction, CancellationToken cancellationToken)
    {
        (long? Sequence, long? Last, string? Id, DateTime? At) row;
        var sql = "SELECT schema_version, sequence, last_sequence, last_event_id, updated_at FROM insta_mirror WHERE id = 1"
            + (transaction is null ? "" : " FOR UPDATE");
        await using (var command = new MySqlCommand(sql, connection, transaction))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken))
                throw new MirrorRefusedException("insta_mirror has no row with the id 1, so nobody knows what the tables hold.");
            RefuseUnless(reader.GetInt32(0));
            row = (Of<long>(reader, 1), Of<long>(reader, 2), reader.IsDBNull(3) ? null : reader.GetString(3), Of<DateTime>(reader, 4));
        }

        return new MirrorPlace(
            row.Sequence,
            row.Last,
            EventId.TryParse(row.Id, out var id) ? id : null,
            row.At is { } at ? new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)) : null,
            await FillAsync(connection, transaction, cancellationToken));
    }

    private static async Task<FillPlace?> FillAsync(
        MySqlConnection connection, MySqlTransaction? transaction, CancellationToken cancellationToken)
    {
        // The fill of everything has the empty id, and so goes first.
        const string sql = "SELECT account_id, conversation_id, sent_at, message FROM insta_fills ORDER BY account_id LIMIT 1";
        await using var command = new MySqlCommand(sql, connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return new FillPlace(
            AccountId.TryParse(reader.GetString(0), out var account) ? account : null,
            !reader.IsDBNull(1) && ConversationId.TryParse(reader.GetString(1), out var thread) ? thread : null,
            reader.GetInt64(2),
            reader.GetInt64(3));
    }

    private static async Task CheckAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        var shape = await MirrorShape.ReadAsync(connection, cancellationToken);
        if (!shape.HasVersion)
        {
            foreach (var table in MirrorSchema.Tables) await ExecuteAsync(connection, table.ToSql(), cancellationToken);
            (await MirrorShape.ReadAsync(connection, cancellationToken)).RefuseUnlessOurs();
            await ExecuteAsync(
                connection, $"INSERT IGNORE INTO insta_mirror (id, schema_version) VALUES (1, {MirrorSchema.Version})", cancellationToken);
            return;
        }

        // The version before the columns: those of another version are another version's business.
        await using (var command = new MySqlCommand("SELECT schema_version FROM insta_mirror WHERE id = 1", connection))
        {
            if (await command.ExecuteScalarAsync(cancellationToken) is { } version)
                RefuseUnless(Convert.ToInt32(version, System.Globalization.CultureInfo.InvariantCulture));
        }

        shape.RefuseUnlessOurs();
    }

    private static void RefuseUnless(int version)
    {
        if (version == MirrorSchema.Version) return;
        throw new MirrorRefusedException(
            $"insta_mirror.schema_version is {version}, and this version of the product writes {MirrorSchema.Version}. Its tables are "
            + "never altered: give ConnectionStrings:CrmMirror an empty database, or drop the insta_ tables.");
    }

    private static T? Of<T>(MySqlDataReader reader, int column)
        where T : struct => reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);

    private static async Task ExecuteAsync(MySqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
