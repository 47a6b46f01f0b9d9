using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using MySqlConnector;

namespace InstaMessenger.Hosting.Database;

/// <summary>What a provider's error says about trying again.</summary>
public static class DatabaseErrors
{
    private const int SqliteBusy = 5;
    private const int SqliteLocked = 6;
    private const int SqliteReadOnly = 8;
    private const int SqliteIoError = 10;
    private const int SqliteFull = 13;
    private const int SqliteCannotOpen = 14;
    private const int SqliteConstraint = 19;

    /// <summary>What MariaDB answers on an open connection while it shuts down; MySQL has no such code.</summary>
    private const MySqlErrorCode MariaDbConnectionKilled = (MySqlErrorCode)1927;

    /// <summary>The database itself is at fault (locked, full, read-only, gone), not the statement.</summary>
    /// <param name="error">The error, or one that wraps it.</param>
    /// <returns>Whether the same work may succeed later without a change.</returns>
    public static bool IsUnavailable(Exception? error) => error switch
    {
        null => false,
        DatabaseUnavailableException => true,
        SqliteException sqlite => sqlite.SqliteErrorCode
            is SqliteBusy or SqliteLocked or SqliteReadOnly or SqliteIoError or SqliteFull or SqliteCannotOpen,
        MySqlException mySql => mySql.IsTransient || mySql.InnerException is IOException or SocketException || mySql.ErrorCode
            is MySqlErrorCode.UnableToConnectToHost or MySqlErrorCode.ServerShutdown or MariaDbConnectionKilled
            or MySqlErrorCode.OptionPreventsStatement or MySqlErrorCode.RecordFileFull or MySqlErrorCode.DiskFull
            or MySqlErrorCode.LockWaitTimeout or MySqlErrorCode.LockDeadlock,
        _ => IsUnavailable(error.InnerException),
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
        MySqlException mySql => mySql.ErrorCode
            is MySqlErrorCode.LockDeadlock or MySqlErrorCode.DuplicateKeyEntry,
        _ => IsConflict(error.InnerException),
    };

    /// <summary>A unique key refused the row.</summary>
    /// <param name="error">The error, or one that wraps it.</param>
    /// <returns>Whether a unique or other constraint was broken.</returns>
    public static bool IsConstraintViolation(Exception? error) => error switch
    {
        null => false,
        SqliteException sqlite => sqlite.SqliteErrorCode == SqliteConstraint,
        MySqlException mySql => mySql.ErrorCode == MySqlErrorCode.DuplicateKeyEntry,
        _ => IsConstraintViolation(error.InnerException),
    };
}
