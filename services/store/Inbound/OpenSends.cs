using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound;

/// <summary>
/// Our own sends that have no <c>mid</c> yet, for echoes to find. Instagram's echo names only the mid, so before Meta's answer has come the
/// content is all there is to go by; the answer, when it comes, has the last word (see Outbound).
/// </summary>
internal sealed class OpenSends(List<Message> sends)
{
    public static async Task<OpenSends> LoadAsync(StoreDbContext db, IReadOnlyCollection<ConversationId> conversations)
    {
        if (conversations.Count == 0) return new OpenSends([]);
        var ids = conversations.Distinct().ToList();
        var sends = await db.Messages
            .Where(message => ids.Contains(message.ConversationId)
                && message.InstagramMessageId == null
                && (message.Status == MessageStatus.Sending || message.Status == MessageStatus.Unknown || (message.Status == MessageStatus.Pending && message.ErrorCode == null)))
            .Include(message => message.Attachments)
            .OrderBy(message => message.Sequence)
            .ToListAsync();
        return new OpenSends(sends);
    }

    /// <summary>The oldest send of the conversation with this content; each is given once.</summary>
    public Message? Take(ConversationId conversation, MessageContent content)
    {
        var send = sends.Find(candidate => candidate.ConversationId == conversation && candidate.AwaitsMid && candidate.HasContent(content));
        if (send is not null) sends.Remove(send);
        return send;
    }
}
