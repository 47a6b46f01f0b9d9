using MySqlConnector;

namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>
/// The mirror cannot or must not be written until somebody does something: its tables are of another version or were altered, it was filled
/// from another log, or the server does not let its user do what is needed. It is left as it is.
/// </summary>
/// <param name="message">Why, and what to do. Anybody may read it: it names no host and no user.</param>
/// <param name="refusal">What the server says; null when it is not the server that refuses.</param>
internal sealed class MirrorRefusedException(string message, MySqlException? refusal = null) : Exception(message, refusal)
{
    private const string NoLogin = "The server refuses the login of ConnectionStrings:CrmMirror.";

    private const string NoDatabase = "There is no database of the name that ConnectionStrings:CrmMirror has.";

    private const string NoRight = "The user of ConnectionStrings:CrmMirror lacks a right: it needs SELECT, INSERT, UPDATE and DELETE "
        + "in its database, and CREATE until the tables are there.";

    /// <summary>Why, for the log, which may also say what the server says.</summary>
    public string ForLog => refusal is null ? Message : $"{Message} The server says: {refusal.Message}";

    /// <summary>What an error says if it is such a refusal; null when it is none.</summary>
    public static MirrorRefusedException? Of(Exception error) => error switch
    {
        MirrorRefusedException refused => refused,
        MySqlException told when WhyOf((int)told.ErrorCode) is { } why => new MirrorRefusedException(why, told),
        _ => null,
    };

    /// <summary>Numbers of MySQL and MariaDB alike. Whatever else a server refuses may be otherwise a moment later.</summary>
    private static string? WhyOf(int error) => error switch
    {
        1045 or 1698 or 1820 or 1862 or 3118 or 4151 => NoLogin, // A wrong password, one that has expired, a locked user.
        1049 => NoDatabase,
        1044 or 1142 or 1143 or 1227 => NoRight, // In the database, in a table, in a column, on the server.
        _ => null,
    };
}
