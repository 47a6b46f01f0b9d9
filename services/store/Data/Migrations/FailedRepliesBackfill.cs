using Microsoft.EntityFrameworkCore.Migrations;

namespace InstaMessenger.Store.Data.Migrations;

/// <summary>
/// What the migration FailedReplies makes of the rows that there are, in words of both databases. It is as <c>NewestMessages</c> was when
/// the migration was written, and stays so.
/// </summary>
internal static class FailedRepliesBackfill
{
    private const string Newest = "FROM messages WHERE conversation_id = conversations.id AND COALESCE(status, '') <> 'Cancelled'";
    private const string First = "ORDER BY sent_at DESC, sequence DESC LIMIT 1";

    /// <summary>Threads whose newest message of the business failed.</summary>
    private const string Failed = "UPDATE conversations SET failed_at = (SELECT CASE WHEN status = 'Failed' THEN sent_at END "
        + $"{Newest} AND direction = 'Outbound' {First})";

    /// <summary>Threads whose last message was taken back before it went out: the one before it is the last.</summary>
    private const string Cancelled =
        $"UPDATE conversations SET last_message_at = COALESCE((SELECT sent_at {Newest} {First}), last_message_at), "
        + $"last_message_id = COALESCE((SELECT id {Newest} {First}), last_message_id) "
        + "WHERE EXISTS (SELECT 1 FROM messages WHERE messages.id = conversations.last_message_id AND messages.status = 'Cancelled')";

    public static void Run(MigrationBuilder migration)
    {
        migration.Sql(Failed);
        migration.Sql(Cancelled);
    }
}
