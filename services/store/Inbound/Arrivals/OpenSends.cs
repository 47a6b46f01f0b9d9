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
    /// <summary>
    /// Meta may do a thing and then answer with a refusal. An echo that comes at most this long after a refusal proves it wrong; a later
    /// echo rather belongs to the same words, written once more elsewhere.
    /// </summary>
    private static readonly TimeSpan FailedLately = TimeSpan.FromMinutes(10);

    /// <summary>Meta's clock and ours, and that its times are whole seconds.</summary>
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromSeconds(3);

    /// <summary>Loads the sends, in the echoes' threads, that one of the echoes could belong to.</summary>
    public static async Task<OpenSends> LoadAsync(
        StoreDbContext db, IReadOnlyCollection<(ConversationId Conversation, MessageContent Content)> echoes, DateTimeOffset now) =>
        echoes.Count == 0 ? new OpenSends([]) : new OpenSends(await Query(db, echoes, now).ToListAsync());

    /// <summary>
    /// Finds open sends by their content too: while Meta's answers are late a thread has hundreds of open sends, and reading them all for
    /// each echo would make the answers later still.
    /// </summary>
    public static IQueryable<Message> Query(
        StoreDbContext db, IReadOnlyCollection<(ConversationId Conversation, MessageContent Content)> echoes, DateTimeOffset now)
    {
        var ids = echoes.Select(echo => echo.Conversation).Distinct().ToList();
        var keys = echoes.Select(echo => EchoKey.Of(echo.Content.Kind, echo.Content.Text, echo.Content.Media.Count)).Distinct().ToList();
        var since = now - FailedLately;
        return db.Messages
            .Where(message => ids.Contains(message.ConversationId)
                && message.InstagramMessageId == null
                // A send without a key was accepted before there were any.
                && (message.EchoKey == null || keys.Contains(message.EchoKey))
                && (message.Status == MessageStatus.Sending
                    || message.Status == MessageStatus.Unknown
                    || (message.Status == MessageStatus.Pending && message.ErrorCode == null)
                    || (message.Status == MessageStatus.Failed && message.FailedAt >= since)))
            .Include(message => message.Attachments)
            .OrderBy(message => message.Sequence);
    }

    /// <summary>
    /// Returns the oldest open send of the conversation with this content, or else the oldest that failed lately; each is given once.
    /// </summary>
    /// <param name="content">What the echo says.</param>
    /// <param name="foundAt">
    /// When the message was sent, of one that was found and may be days old: a send that was accepted after it is another one.
    /// </param>
    public Message? Take(ConversationId conversation, MessageContent content, DateTimeOffset? foundAt = null)
    {
        var send = Find(
            candidate => candidate.AwaitsMid) ?? Find(candidate => candidate is { Status: MessageStatus.Failed, InstagramMessageId: null });
        if (send is not null) sends.Remove(send);
        return send;

        Message? Find(Predicate<Message> state) =>
            sends.Find(candidate => candidate.ConversationId == conversation && state(candidate) && candidate.HasContent(content)
                && !(candidate.SentAt > foundAt + ClocksDiffer));
    }
}
