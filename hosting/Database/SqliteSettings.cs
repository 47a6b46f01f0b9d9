using Microsoft.Data.Sqlite;

namespace InstaMessenger.Hosting.Database;

/// <summary>How every SQLite file of the product is opened.</summary>
public static class SqliteSettings
{
    /// <summary>
    /// WAL lets reads go on beside the writer; <c>synchronous=FULL</c> syncs the log at each commit, which is what "kept" means; a page
    /// cache of 4 MiB, behind which the system's own holds the rest of the file; the log goes into the file every 4,096 pages (16 MiB),
    /// because a page that changes again and again is then copied once. Temporary data stays in files: in memory SQLite keeps it in pieces
    /// of a kilobyte, and a flood of messages once left a gigabyte of holes between them.
    /// </summary>
    internal const string Pragmas =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-4096; PRAGMA wal_autocheckpoint=4096;";

    /// <summary>The connection string of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="busySeconds">How long to wait for a foreign lock, in seconds.</param>
    /// <returns>The connection string.</returns>
    public static string ConnectionString(string path, int busySeconds) =>
        new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = busySeconds, ForeignKeys = false }.ToString();
}
