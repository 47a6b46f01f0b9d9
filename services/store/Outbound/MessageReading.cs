using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Outbound;

/// <summary>Reads how sends stand.</summary>
internal static class MessageReading
{
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
