using System.Globalization;
using MySqlConnector;

namespace InstaMessenger.Hosting.Database;

/// <summary>The transaction of a unit of work on MySQL: one statement to begin it, one to end it, each a single round trip.</summary>
internal static class UnitTransaction
{
    /// <summary>
    /// What the product relies on whatever the server's own setting is: a value that does not fit is refused, never cut, and a backslash in
    /// a text is written as the driver writes it. Read committed: repeatable reads would hand a re-run unit its old snapshot and lock gaps
    /// around every missing key. The rollback ends what a connection of the pool may have left open; beginning would commit it. The wait: a
    /// process that is frozen in the middle of a unit holds its locks, the event counter's among them, and after ten seconds the server
    /// lets the others have them.
    /// </summary>
    private const string Begin =
        "ROLLBACK; SET SESSION wait_timeout = 10, sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'; "
        + "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION";

    public static Task BeginAsync(MySqlConnection connection, CancellationToken cancellationToken) =>
        RunAsync(connection, Begin, cancellationToken);

    /// <summary>
    /// Writes the unit's marker and commits. When another has taken the marker's place, because it looked the unit up and found it missing,
    /// the first statement fails and the second is never run.
    /// </summary>
    public static Task CommitAsync(MySqlConnection connection, UnitMarker marker) => RunAsync(
        connection,
        string.Create(CultureInfo.InvariantCulture, $"INSERT INTO {UnitMarkers.Table} (id, kept) VALUES ('{marker.Id}', 1); COMMIT"),
        CancellationToken.None);

    /// <summary>
    /// Rolls back, so that locks are freed now and not when the connection is used next. A connection that cannot even do that is broken,
    /// and its server rolls back.
    /// </summary>
    public static async Task RollBackAsync(MySqlConnection connection)
    {
        try
        {
            if (connection.State == System.Data.ConnectionState.Open) await RunAsync(connection, "ROLLBACK", CancellationToken.None);
        }
        catch (Exception error) when (DatabaseErrors.IsUnavailable(error))
        {
            // The failure that led to the rollback is the one to report.
        }
    }

    private static async Task RunAsync(MySqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
