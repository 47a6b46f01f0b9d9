using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>
/// Our own sends that have no <c>mid</c> yet, for echoes to find. Instagram's echo names only the mid, so before Meta's answer has come the
/// content is all there is to go by; the answer, when it comes, has the last word (see Outbound).
/// </summary>
internal sealed class OpenSends(List<Message> sends)
{
    /// <summary>The sends of the echoes' threads that one of them could be of.</summary>
    public static async Task<OpenSends> LoadAsync(StoreDbContext db, IReadOnlyCollection<(ConversationId Conversation, MessageContent Content)> echoes) =>
        echoes.Count == 0 ? new OpenSends([]) : new OpenSends(await Query(db, echoes).ToListAsync());

    /// <summary>
    /// By content too: while Meta's answers are late a thread has hundreds of open sends, and reading them all for each echo would make the answers
    /// later still.
    /// </summary>
    public static IQueryable<Message> Query(StoreDbContext db, IReadOnlyCollection<(ConversationId Conversation, MessageContent Content)> echoes)
    {
        var ids = echoes.Select(echo => echo.Conversation).Distinct().ToList();
        var texts = echoes.Select(echo => echo.Content.Text).Distinct().ToList();
        return db.Messages
            .Where(message => ids.Contains(message.ConversationId)
                && message.InstagramMessageId == null
                && (message.Kind != MessageKind.Text || texts.Contains(message.Text))
                && (message.Status == MessageStatus.Sending || message.Status == MessageStatus.Unknown || (message.Status == MessageStatus.Pending && message.ErrorCode == null)))
            .Include(message => message.Attachments)
            .OrderBy(message => message.Sequence);
    }

    /// <summary>The oldest send of the conversation with this content; each is given once.</summary>
    public Message? Take(ConversationId conversation, MessageContent content)
    {
        var send = sends.Find(candidate => candidate.ConversationId == conversation && candidate.AwaitsMid && candidate.HasContent(content));
        if (send is not null) sends.Remove(send);
        return send;
    }
}
