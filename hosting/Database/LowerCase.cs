using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// Lower case in every script. SQLite's own knows the letters of ASCII alone: a name in Greek or Cyrillic was found only as it is written.
/// </summary>
public static class LowerCase
{
    private const string OnSqlite = "lower_in_every_script";

    /// <summary>Names the SQL function that makes text lower case; a SQLite connection is given one.</summary>
    /// <param name="db">The context whose query uses it.</param>
    /// <returns>The function's name.</returns>
    public static string FunctionOf(DbContext db)
    {
        ArgumentNullException.ThrowIfNull(db);
        if (db.Database.GetDbConnection() is not SqliteConnection connection) return "LOWER";
        connection.CreateFunction(OnSqlite, (string? text) => text?.ToLowerInvariant(), isDeterministic: true);
        return OnSqlite;
    }
}
