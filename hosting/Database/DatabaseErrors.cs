using System.Reflection;
using InstaMessenger.Hosting.Logs;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using MySqlConnector;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// What an error says about trying again; decided here for the whole product. Nobody can list all that a dying database makes a driver
/// throw (bare socket errors, "Connection must be Open", null references), so the list is of the few errors that blame the work itself:
/// whatever else comes out of a driver is the database's fault.
/// </summary>
public static class DatabaseErrors
{
    /// <summary>SQLite's driver has no connection that can break: whatever it throws besides its own errors is a mistake of ours.</summary>
    private static readonly Assembly NetworkDriver = typeof(MySqlConnection).Assembly;

    /// <summary>The database is at fault (away, cut off, locked, full, read-only, not as this version left it), not the work.</summary>
    /// <param name="error">The error, or one that wraps it.</param>
    /// <returns>Whether the same work may succeed later without a change.</returns>
    public static bool IsUnavailable(Exception? error) => error switch
    {
        null => false,
        DatabaseUnavailableException => true,
        OperationCanceledException => false,
        SqliteException sqlite => !Refuses(sqlite),
        MySqlException mySql => !Refuses(mySql),
        AggregateException many => many.InnerExceptions.Any(IsUnavailable),
        _ => IsUnavailable(error.InnerException) || BrokeInDriver(error),
    };

    /// <summary>
    /// Two units of work met in the same rows (deadlock, stale row version, unique key): running the unit again, on fresh
    /// reads, ends well. Only MySQL runs units in parallel, so only there does it happen by design.
    /// </summary>
    /// <param name="error">The error, or one that wraps it.</param>
    /// <returns>Whether to run the unit again.</returns>
    public static bool IsConflict(Exception? error) => error switch
    {
        null => false,
        DbUpdateConcurrencyException => true,
        MySqlException mySql => mySql.ErrorCode is MySqlErrorCode.LockDeadlock or MySqlErrorCode.DuplicateKeyEntry,
        _ => IsConflict(error.InnerException),
    };

    /// <summary>
    /// A row holds what no code of ours writes, so that nothing can be made of it. Neither the database nor the work is at fault.
    /// </summary>
    /// <param name="error">What a read threw.</param>
    /// <returns>Whether the rows beside it can be read without it.</returns>
    public static bool IsUnreadable(Exception error) =>
        error is FormatException or ArgumentException or InvalidCastException or OverflowException or InvalidOperationException
        && error is not ObjectDisposedException
        && !IsUnavailable(error);

    /// <summary>SQLite names a refused statement or value with one of these; everything else is about the file.</summary>
    private static bool Refuses(SqliteException error) => error.SqliteErrorCode
        is SQLitePCL.raw.SQLITE_ERROR or SQLitePCL.raw.SQLITE_TOOBIG or SQLitePCL.raw.SQLITE_CONSTRAINT
        or SQLitePCL.raw.SQLITE_MISMATCH or SQLitePCL.raw.SQLITE_MISUSE or SQLitePCL.raw.SQLITE_RANGE;

    /// <summary>
    /// Whether MySQL refuses the work itself: the statement can never be parsed, or the schema refuses a value. A missing table or column
    /// is not the work's fault: the schema is another version's, and no message may be given up for that.
    /// </summary>
    private static bool Refuses(MySqlException error) => (int)error.ErrorCode
        is 1048 or 1364 // A value is missing.
        or 1062 or 1169 or 1586 or 1022 // A unique key.
        or 1216 or 1217 or 1451 or 1452 or 3819 or 4025 // Another constraint.
        or 1264 or 1265 or 1292 or 1365 or 1366 or 1406 or 1411 or 1441 or 1690 // Too long, out of range, of another type.
        or 1300 or 3140 or 3988 or 4038 // No text of its character set, no JSON.
        or 1118 or 1153 or 1301 // Too large for a row or a packet.
        or 1064; // No SQL.

    /// <summary>
    /// Whether the driver itself gave up, and not because it was handed a value that it cannot convert or read one that is not what the
    /// column should hold.
    /// </summary>
    private static bool BrokeInDriver(Exception error) =>
        error is not (
            DbUpdateException or ArgumentException or InvalidCastException or FormatException or OverflowException or NotSupportedException)
        && error.CameOutOf(NetworkDriver);
}
