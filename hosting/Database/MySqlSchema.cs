using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using MySqlConnector;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// Completes what every schema on MySQL needs and no migration can say. Texts must be equal only when their bytes are, as on SQLite and in
/// our code: Meta's ids differ in case alone, and a name with a blank behind it is another name. The collation for that has another name on
/// each server.
/// </summary>
internal static class MySqlSchema
{
    private const string ForeignKeys =
        "SELECT constraint_name FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE()";

    private const string Collations = "SELECT collation_name FROM information_schema.collations WHERE collation_name IN "
        + "('utf8mb4_nopad_bin', 'utf8mb4_0900_bin') LIMIT 1";

    /// <summary>One process does it, the others wait.</summary>
    private const string Begin = "SELECT GET_LOCK(CONCAT('instamessenger.', LEFT(DATABASE(), 40)), 3600)";

    private const string End = "DO RELEASE_LOCK(CONCAT('instamessenger.', LEFT(DATABASE(), 40)))";

    /// <summary>Brings the schema to what it must be; a start that was killed in the middle is completed by the next.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="model">Its foreign keys: MariaDB changes no column of one, so they are dropped and made again.</param>
    /// <param name="cancellationToken">Ends the work between two statements.</param>
    /// <returns>How many tables were changed; null when the server has no such collation.</returns>
    public static async Task<int?> CompleteAsync(MySqlConnection connection, IModel model, CancellationToken cancellationToken)
    {
        if (await ListAsync(connection, Collations, cancellationToken) is not [var collation]) return null;
        await RunAsync(connection, Begin, cancellationToken);
        try
        {
            await RunAsync(
                connection,
                $"CREATE TABLE IF NOT EXISTS {UnitMarkers.Table} (id varchar(32) CHARACTER SET utf8mb4 COLLATE {collation} NOT NULL "
                    + $"PRIMARY KEY, kept tinyint NOT NULL) ENGINE = InnoDB",
                cancellationToken);
            var tables = await ListAsync(connection, OtherThan(collation), cancellationToken);
            var keys = model.GetEntityTypes().SelectMany(entity => entity.GetForeignKeys()).ToDictionary(key => key.GetConstraintName()!);
            var present = await ListAsync(connection, ForeignKeys, cancellationToken);
            if (tables.Count > 0)
            {
                foreach (var name in present) await RunAsync(
                    connection,
                    $"ALTER TABLE `{keys[name].DeclaringEntityType.GetTableName()}` DROP FOREIGN KEY `{name}`",
                    cancellationToken);
                present = [];
            }

            foreach (var table in tables) await RunAsync(
                connection, $"ALTER TABLE `{table}` CONVERT TO CHARACTER SET utf8mb4 COLLATE {collation}", cancellationToken);
            foreach (var (name, key) in keys.Where(pair => !present.Contains(pair.Key)))
                await RunAsync(connection, Add(name, key), cancellationToken);
            return tables.Count;
        }
        finally
        {
            await RunAsync(connection, End, CancellationToken.None);
        }
    }

    private static string Add(string name, IForeignKey key) =>
        $"ALTER TABLE `{key.DeclaringEntityType.GetTableName()}` ADD CONSTRAINT `{name}` FOREIGN KEY ({Columns(key.Properties)}) "
        + $"REFERENCES `{key.PrincipalEntityType.GetTableName()}` ({Columns(key.PrincipalKey.Properties)}) ON DELETE "
        + $"{(key.DeleteBehavior == DeleteBehavior.Cascade ? "CASCADE" : "RESTRICT")}";

    private static string Columns(IEnumerable<IProperty> properties) =>
        string.Join(", ", properties.Select(property => $"`{property.GetColumnName()}`"));

    private static string OtherThan(string collation) =>
        "SELECT DISTINCT c.table_name FROM information_schema.columns c JOIN information_schema.tables t ON t.table_schema = "
            + "c.table_schema AND t.table_name = c.table_name "
        + $"WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' AND c.collation_name <> '{collation}' AND c.data_type <> "
        + $"'json' ORDER BY c.table_name";

    private static async Task<List<string>> ListAsync(MySqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var list = new List<string>();
        while (await reader.ReadAsync(cancellationToken)) list.Add(Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!);
        return list;
    }

    private static async Task RunAsync(MySqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        // No time limit: a table of millions of rows is written anew.
        await using var command = new MySqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
