using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Data;

/// <summary>
/// What a thread wants of the people who answer: a column that the database works out of the thread's own, so that it is right whoever
/// writes the row, and that an index finds the few by, among many that want nothing.
/// </summary>
[Flags]
internal enum Attention
{
    None = 0,

    /// <summary>Something came that nobody has read.</summary>
    Unread = 1,

    /// <summary>
    /// The newest message is the customer's, and was sent when the customer last wrote: so its time tells the window. Or see
    /// <see cref="Failed"/>.
    /// </summary>
    AwaitsReply = 2,

    /// <summary>
    /// The newest message of the business failed: the customer waits still, and has written earlier than the newest message was. Comes with
    /// <see cref="AwaitsReply"/>.
    /// </summary>
    Failed = 4,
}

/// <summary>The column of <see cref="Attention"/>; no code of ours writes it.</summary>
internal static class AttentionColumn
{
    public const string Name = "Attention";

    /// <summary>Whether a row has <see cref="Attention.Unread"/>, by its own columns: the list's index has that one.</summary>
    public const string IsUnread = "unread_count > 0";

    /// <summary>Whether a row has <see cref="Attention.AwaitsReply"/>, by its own columns.</summary>
    public const string AwaitsReply = $"(last_inbound_at >= last_message_at OR {IsFailed})";

    /// <summary>Whether a row has <see cref="Attention.Failed"/>, by its own columns.</summary>
    public const string IsFailed = "failed_at IS NOT NULL";

    /// <summary>
    /// Makes a database take the index that begins with the column. SQLite keeps no statistics here, and holds a range of time for as good
    /// as a queue: it would walk over everything of a day.
    /// </summary>
    public static string Hint(DbContext db) => db.Database.IsSqlite() ? $" INDEXED BY {Index}" : $" FORCE INDEX ({Index})";

    private const string Index = "IX_conversations_attention_account_id_last_message_at_id";

    /// <summary>The same in every database.</summary>
    public const string Sql = $"CASE WHEN {IsUnread} THEN 1 ELSE 0 END + CASE WHEN {AwaitsReply} THEN 2 ELSE 0 END"
        + $" + CASE WHEN {IsFailed} THEN 4 ELSE 0 END";
}
