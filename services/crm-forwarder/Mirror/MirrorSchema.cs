namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>
/// The tables of the mirror, as docs/mirror.md describes them. A CRM's own queries stand on them, so they are never altered: another shape
/// is another <see cref="Version"/>, and a mirror of another version is refused.
/// </summary>
internal static class MirrorSchema
{
    /// <summary>What <c>insta_mirror.schema_version</c> must say.</summary>
    public const int Version = 1;

    private const string Id = "VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
    private const string Mid = "VARCHAR(512) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
    private const string Word = "VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
    private const string Name = "VARCHAR(255)";
    private const string Text = "LONGTEXT";
    private const string Time = "DATETIME(3)";
    private const string Flag = "TINYINT(1)";
    private const string Int = "INT";
    private const string Long = "BIGINT";

    public static MirrorTable Contacts { get; } = new(
        "insta_contacts",
        ["account_id", "contact_id"],
        [
            new("account_id", Id, true), new("contact_id", Id, true), new("username", Name), new("name", Name),
            new("profile_picture_url", Text), new("follower_count", Long), new("is_user_follow_business", Flag),
            new("is_business_follow_user", Flag), new("is_verified_user", Flag), new("sequence", Long, true),
        ]);

    public static MirrorTable Conversations { get; } = new(
        "insta_conversations",
        ["id"],
        [
            new("id", Id, true), new("account_id", Id, true), new("contact_id", Id, true), new("unread_count", Int, true),
            new("awaits_reply", Flag, true), new("failed", Flag, true), new("window_closes_at", Time), new("updated_at", Time, true),
            new("sequence", Long, true),
        ],
        "KEY insta_by_contact (account_id, contact_id)",
        "KEY insta_by_update (account_id, updated_at)");

    public static MirrorTable Messages { get; } = new(
        "insta_messages",
        ["id"],
        [
            new("id", Id, true), new("account_id", Id, true), new("conversation_id", Id, true), new("instagram_message_id", Mid),
            new("direction", Word, true), new("kind", Word, true), new("text", Text), new("status", Word), new("origin", Word),
            new("error_code", Word), new("error_message", Text), new("reply_to_message_id", Id), new("reply_to_excerpt", Text),
            new("details", Text), new("history", Flag, true), new("sent_at", Time, true), new("received_at", Time, true),
            new("schedule_at", Time), new("read_at", Time), new("edited_at", Time), new("deleted_at", Time), new("sequence", Long, true),
        ],
        "KEY insta_by_thread (conversation_id, sent_at)",
        "KEY insta_by_account (account_id, sent_at)",
        "KEY insta_by_mid (instagram_message_id(191))",
        "KEY insta_by_reply (reply_to_message_id)");

    public static MirrorTable Attachments { get; } = new(
        "insta_attachments",
        ["message_id", "position"],
        [
            new("message_id", Id, true), new("position", Int, true), new("id", Id, true), new("account_id", Id, true),
            new("media_type", Word, true), new("url", Text), new("mime_type", Word), new("size_bytes", Long), new("width", Int),
            new("height", Int), new("state", Word, true), new("sequence", Long, true),
        ],
        "KEY insta_by_account (account_id)");

    public static MirrorTable Reactions { get; } = new(
        "insta_reactions",
        ["message_id", "author"],
        [
            new("message_id", Id, true), new("author", Word, true), new("account_id", Id, true), new("reaction", Name),
            new("emoji", Name), new("reacted_at", Time, true), new("sequence", Long, true),
        ],
        "KEY insta_by_account (account_id)");

    /// <summary>Fills that are under way.</summary>
    public static MirrorTable Fills { get; } = new(
        "insta_fills",
        ["account_id"],
        [
            new("account_id", Id, true), new("began_sequence", Long, true), new("conversation_id", Id), new("sent_at", Long, true),
            new("message", Long, true),
        ]);

    /// <summary>Where the mirror stands, in one row.</summary>
    public static MirrorTable State { get; } = new(
        "insta_mirror",
        ["id"],
        [
            new("id", Int, true), new("schema_version", Int, true), new("sequence", Long), new("last_sequence", Long),
            new("last_event_id", Id), new("updated_at", Time),
        ]);

    /// <summary>What holds rows of customers, in the order in which it may be emptied.</summary>
    public static IReadOnlyList<MirrorTable> Rows { get; } = [Reactions, Attachments, Messages, Conversations, Contacts];

    /// <summary>All tables. The one that says the version is made last: a mirror without it was not made whole.</summary>
    public static IReadOnlyList<MirrorTable> Tables { get; } = [Contacts, Conversations, Messages, Attachments, Reactions, Fills, State];
}

/// <summary>A table of the mirror.</summary>
/// <param name="Key">The columns of its primary key.</param>
/// <param name="Columns">All columns.</param>
/// <param name="Indexes">Its other indexes, as SQL.</param>
internal sealed record MirrorTable(string Name, string[] Key, MirrorColumn[] Columns, params string[] Indexes)
{
    /// <summary>The statement that makes it.</summary>
    public string ToSql() => $"CREATE TABLE IF NOT EXISTS {Name} ("
        + string.Join(", ", [.. Columns.Select(column => column.ToSql()), $"PRIMARY KEY ({string.Join(", ", Key)})", .. Indexes])
        + ") ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci";
}

/// <summary>A column of the mirror.</summary>
/// <param name="Type">Its type, as SQL.</param>
/// <param name="Required">Whether it always has a value.</param>
internal sealed record MirrorColumn(string Name, string Type, bool Required = false)
{
    /// <summary>The type alone, like <c>varchar</c>, as the server tells it.</summary>
    public string DataType => Type.Split(' ', '(')[0].ToLowerInvariant();

    /// <summary>Characters that it must have room for; null where the type says so.</summary>
    public long? Characters => DataType == "varchar" ? long.Parse(Type.Split('(', ')')[1]) : null;

    public bool IsText => DataType is "varchar" or "longtext";

    public string ToSql() => $"`{Name}` {Type}{(Required ? " NOT NULL" : " NULL")}";
}
