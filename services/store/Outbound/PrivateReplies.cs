using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Outbound;

/// <summary>What a private reply means to its comment, and to the thread with who wrote the comment.</summary>
internal static class PrivateReplies
{
    /// <summary>Finds the comment and whether a reply may go to it now. One that is not kept any more is too old.</summary>
    public static async Task<(Comment? Comment, SendPermit Permit)> FindAsync(
        StoreDbContext db, AccountId account, string commentId, MessageId reply, DateTimeOffset now)
    {
        var comment = await db.Comments.SingleOrDefaultAsync(row => row.CommentId == commentId && row.AccountId == account);
        return (comment, comment?.PermitAt(now, reply) ?? Comment.TooOld(now));
    }

    /// <summary>
    /// Takes note that a reply certainly does not go out. The comment is open for another, unless Meta takes none. The thread waits for
    /// another reply's answer, if another one went out; otherwise it waits for none.
    /// </summary>
    /// <param name="db">The unit's context; what it holds so far is written first.</param>
    /// <param name="reply">The reply, rejected or cancelled.</param>
    /// <param name="takesNone">Whether Meta said that it takes no reply to the comment.</param>
    public static async Task EndAsync(
        StoreDbContext db, Conversation conversation, Message reply, string commentId, bool takesNone = false)
    {
        // Once the customer has written, no reply to a comment closes the thread.
        if (conversation.LastInboundAt is null) conversation.ReplyInPrivate(await LastOtherAsync(db, conversation, reply.Id));
        var comment = await db.Comments.SingleOrDefaultAsync(
            row => row.CommentId == commentId && row.AccountId == conversation.AccountId);
        if (takesNone) comment?.Close(reply.Id);
        else comment?.Reopen(reply.Id);
    }

    /// <summary>When the last of the thread's other replies was written that went out or may go out; null when there is none.</summary>
    private static async Task<DateTimeOffset?> LastOtherAsync(StoreDbContext db, Conversation conversation, MessageId reply)
    {
        await db.SaveChangesAsync();
        var others = db.Messages
            .Where(row => row.ConversationId == conversation.Id && row.Direction == Direction.Outbound && row.Id != reply
                && row.Status != MessageStatus.Failed && row.Status != MessageStatus.Cancelled && row.Content != null)
            .OrderBy(row => row.Sequence).Select(row => new Row(row.Sequence, row.ReceivedAt, row.Content));
        return (await db.ReadableAsync(others)).Where(row => row.Content!.CommentId is not null)
            .Max(row => (DateTimeOffset?)row.AcceptedAt);
    }

    private sealed record Row(long Sequence, DateTimeOffset AcceptedAt, OutgoingContent? Content);
}
