using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Outbound;

/// <summary>Reads how sends stand.</summary>
internal static class MessageReading
{
    /// <summary>
    /// Describes all messages of a request; null when one of the named ones is not there. They were written together under the lock of
    /// their conversation, so what we sent between the first and the last of them is of the same request.
    /// </summary>
    public static async Task<SendAnswer?> RequestAsync(StoreDbContext db, IdempotencyRecord record, CancellationToken cancellationToken)
    {
        if (record.AttachmentMessageId is not { } first) return await AnswerAsync(db, [record.MessageId], cancellationToken);
        var ends = await db.Messages.Where(message => message.Id == first || message.Id == record.MessageId)
            .OrderBy(message => message.Sequence).ToListAsync(cancellationToken);
        if (ends is not [var begin, var end]) return null;
        var ids = await db.Messages
            .Where(message => message.ConversationId == begin.ConversationId && message.Direction == Direction.Outbound
                && message.Sequence >= begin.Sequence && message.Sequence <= end.Sequence)
            .Select(message => message.Id).ToListAsync(cancellationToken);
        return await AnswerAsync(db, ids, cancellationToken);
    }

    /// <summary>Describes messages of one conversation; null when one of them is not there.</summary>
    public static async Task<SendAnswer?> AnswerAsync(StoreDbContext db, IReadOnlyList<MessageId> ids, CancellationToken cancellationToken)
    {
        var found = await db.Messages.Include(message => message.Attachments).Where(message => ids.Contains(message.Id))
            .Join(
                db.Conversations,
                message => message.ConversationId,
                conversation => conversation.Id,
                (message, conversation) => new { Message = message, conversation.ContactId })
            .OrderBy(pair => pair.Message.Sequence)
            .ToListAsync(cancellationToken);
        return found.Count == ids.Count ? SendAnswer.Of(found.ConvertAll(pair => pair.Message), found[0].ContactId) : null;
    }
}
