using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Data;

/// <summary>Marks the messages of a thread that a receipt says were read: all of the business's up to a moment.</summary>
internal static class ReadMarks
{
    /// <summary>Takes a receipt into a thread, whose row is locked. Returns whether it says something new.</summary>
    public static async Task<bool> SetAsync(StoreDbContext db, Conversation conversation, ReadReceipt receipt)
    {
        if (conversation.Read(receipt) is not { } part) return false;
        var (after, end, at) = (part.After ?? DateTimeOffset.UnixEpoch, receipt.UpTo, receipt.At);
        var held = db.Held.Where(message => message.ConversationId == conversation.Id).ToList();
        foreach (var message in held.Concat(db.Arrived.Where(message => message.ConversationId == conversation.Id)))
        {
            if (message.SentAt > after && message.SentAt <= end) message.MarkRead(at);
        }

        // One statement, because there may be many. What the unit holds itself would fail at its own update if it were written here too.
        var written = held.ConvertAll(message => message.Sequence);
        await db.Messages
            .Where(message => message.ConversationId == conversation.Id && message.SentAt > after && message.SentAt <= end
                && message.Direction == Direction.Outbound
                && (message.Status == MessageStatus.Sent || message.Status == MessageStatus.Read)
                && (message.ReadAt == null || message.ReadAt > at)
                && !written.Contains(message.Sequence))
            .ExecuteUpdateAsync(set => set
                .SetProperty(message => message.ReadAt, at)
                .SetProperty(message => message.Status, MessageStatus.Read)
                .SetProperty(
                    message => EF.Property<int>(message, RowVersion.Property),
                    message => EF.Property<int>(message, RowVersion.Property) + 1));
        return true;
    }
}
