using InstaMessenger.Hosting.Database;
using InstaMessenger.Ingress.Journaling;
using Microsoft.Data.Sqlite;

namespace InstaMessenger.Tests;

/// <summary>The connections that are kept open for the next read.</summary>
internal static class SqlitePools
{
    /// <summary>
    /// Closes those of a folder's files, and of no other: emptied while another test opens a connection, its pool would close that too.
    /// </summary>
    public static void Clear(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*.db", SearchOption.AllDirectories))
        {
            foreach (var seconds in (int[])[DatabaseSetup.SqliteBusySeconds, Journal.BusySeconds])
            {
                using var connection = new SqliteConnection(SqliteSettings.ConnectionString(path, seconds));
                SqliteConnection.ClearPool(connection);
            }
        }
    }
}
