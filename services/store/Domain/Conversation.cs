using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Store.Domain;

/// <summary>The thread between an account and a contact; there is one for each pair.</summary>
internal sealed class Conversation
{
    private Conversation()
    {
    }

    public ConversationId Id { get; private set; }

    public AccountId AccountId { get; private set; }

    public InstagramUserId ContactId { get; private set; }

    public string? ContactUsername { get; private set; }

    public string? ContactName { get; private set; }

    public string? ContactPictureUrl { get; private set; }

    /// <summary>Inbound messages that came since somebody read the thread.</summary>
    public int UnreadCount { get; private set; }

    /// <summary>When the customer last wrote, by Meta's clock: the response window runs from here.</summary>
    public DateTimeOffset? LastInboundAt { get; private set; }

    /// <summary>The newest message by Meta's clock; null while there is none.</summary>
    public MessageId? LastMessageId { get; private set; }

    /// <summary>Orders the list: when the newest message was sent.</summary>
    public DateTimeOffset LastMessageAt { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    public static Conversation Begin(AccountId account, InstagramUserId contact, DateTimeOffset now, ConversationId id) =>
        new() { Id = id, AccountId = account, ContactId = contact, LastMessageAt = DateTimeOffset.UnixEpoch, UpdatedAt = now };

    /// <summary>Takes a message into the thread. One that arrives late goes to its place by time, and still counts as unread.</summary>
    public void Add(Message message, DateTimeOffset now)
    {
        if (message.ConversationId != Id) throw new BrokenRuleException("A message belongs to its own conversation.");
        UpdatedAt = now;
        if (message.Direction == Direction.Inbound)
        {
            UnreadCount++;
            if (LastInboundAt is null || message.SentAt > LastInboundAt) LastInboundAt = message.SentAt;
        }

        if (LastMessageId is not null && message.SentAt < LastMessageAt) return;
        LastMessageId = message.Id;
        LastMessageAt = message.SentAt;
    }

    /// <summary>A message turned out to be the same as another of the thread, which stays.</summary>
    public void Replace(MessageId gone, Message stays)
    {
        if (LastMessageId != gone) return;
        LastMessageId = stays.Id;
        LastMessageAt = stays.SentAt;
    }

    /// <summary>A message of the thread got its time from Meta, which may make it the newest.</summary>
    public void Place(Message message)
    {
        if (LastMessageId != message.Id && message.SentAt < LastMessageAt) return;
        LastMessageId = message.Id;
        LastMessageAt = message.SentAt;
    }

    /// <summary>Somebody has read the thread. Says whether that is news.</summary>
    public bool MarkRead(DateTimeOffset now)
    {
        if (UnreadCount == 0) return false;
        UnreadCount = 0;
        UpdatedAt = now;
        return true;
    }

    public ResponseWindow WindowAt(DateTimeOffset now) => ResponseWindow.Of(LastInboundAt, now);
}
