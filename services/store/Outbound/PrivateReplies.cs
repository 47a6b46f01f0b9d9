using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Outbound;

/// <summary>What becomes of a comment whose private reply does not go out.</summary>
internal static class PrivateReplies
{
    /// <summary>A private reply that was refused, taken back or never left may be tried again, as long as Meta takes one.</summary>
    public static async Task ReopenAsync(StoreDbContext db, Conversation conversation, Message reply, string commentId)
    {
        conversation.ReplyInPrivate(null);
        var comment = await db.Comments.SingleOrDefaultAsync(
            row => row.CommentId == commentId && row.AccountId == conversation.AccountId);
        comment?.Reopen(reply.Id);
    }
}
