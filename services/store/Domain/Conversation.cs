using System.Security.Cryptography;
using InstaMessenger.Contracts.Events;
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

    /// <summary>The contact's username; null while Meta has not told it. So with their name and picture.</summary>
    public string? ContactUsername { get; private set; }

    public string? ContactName { get; private set; }

    /// <summary>Where clients find the contact's picture: ours once it is kept, Meta's while the account shows links.</summary>
    public string? ContactPictureUrl { get; private set; }

    /// <summary>How many follow the contact; null while Meta has not told. So with the other facts.</summary>
    public long? ContactFollowerCount { get; private set; }

    public bool? ContactFollowsBusiness { get; private set; }

    public bool? ContactFollowedByBusiness { get; private set; }

    public bool? ContactIsVerified { get; private set; }

    /// <summary>When Meta was last asked who the contact is, whatever came of it; null for never.</summary>
    public DateTimeOffset? ProfileCheckedAt { get; private set; }

    /// <summary>Inbound messages that came since somebody read the thread.</summary>
    public int UnreadCount { get; private set; }

    /// <summary>When the customer last wrote, by Meta's clock: the response window runs from here.</summary>
    public DateTimeOffset? LastInboundAt { get; private set; }

    /// <summary>
    /// When a comment of theirs was last answered in private. A contact who has never written may then be sent nothing more until they do.
    /// </summary>
    public DateTimeOffset? PrivateRepliedAt { get; private set; }

    /// <summary>The newest message by Meta's clock; null while there is none.</summary>
    public MessageId? LastMessageId { get; private set; }

    /// <summary>Orders the list: when the newest message was sent.</summary>
    public DateTimeOffset LastMessageAt { get; private set; }

    /// <summary>
    /// When the newest message of the business was to be sent, if it failed; null when it did not. A message that was taken back counts as
    /// one that was never written.
    /// </summary>
    public DateTimeOffset? FailedAt { get; private set; }

    /// <summary>Whether the customer has nothing of what the business last wrote.</summary>
    public bool Failed => FailedAt is not null;

    /// <summary>Whether it is the business's turn: the customer wrote last, or has nothing of the answer.</summary>
    public bool AwaitsReply => Failed || LastInboundAt >= LastMessageAt;

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>How far the customer has read; null in a thread that began before this was kept, and of which nothing is known.</summary>
    public ReadReceipts? Reads { get; private set; }

    public static Conversation Begin(AccountId account, InstagramUserId contact, DateTimeOffset now, ConversationId id) =>
        new()
        {
            Id = id,
            AccountId = account,
            ContactId = contact,
            LastMessageAt = DateTimeOffset.UnixEpoch,
            Reads = ReadReceipts.None,
            UpdatedAt = now,
        };

    /// <summary>Takes a message into the thread. One that arrives late goes to its place by time, and still counts as unread.</summary>
    public void Add(Message message, DateTimeOffset now)
    {
        if (message.ConversationId != Id) throw new BrokenRuleException("A message belongs to its own conversation.");
        UpdatedAt = now;
        if (message.Direction == Direction.Inbound)
        {
            if (!message.IsHistory && (!message.AwaitsOriginal || message.Changes is { IsCounted: true })) UnreadCount++;
            if (!message.AwaitsOriginal) Wrote(message);
        }

        Place(message);
    }

    /// <summary>Takes into account that the message itself came, after a change of it had.</summary>
    /// <returns>Like <see cref="Place"/>.</returns>
    public bool Complete(Message message, DateTimeOffset now)
    {
        UpdatedAt = now;
        if (message.Direction == Direction.Inbound)
        {
            if (!message.IsHistory && message.Changes is not { IsCounted: true }) UnreadCount++;
            Wrote(message);
        }

        return Place(message);
    }

    /// <summary>Takes into account that the webhook came of a message that was found before it.</summary>
    /// <param name="message">The message, with its webhook.</param>
    /// <param name="wasHistory">Whether it counted as history until now.</param>
    /// <param name="now">The time (UTC).</param>
    /// <returns>Like <see cref="Place"/>.</returns>
    public bool Arrive(Message message, bool wasHistory, DateTimeOffset now)
    {
        UpdatedAt = now;
        if (message.Direction == Direction.Inbound)
        {
            if (wasHistory && !message.IsDeleted) UnreadCount++;
            Wrote(message);
        }

        return Place(message);
    }

    /// <summary>Takes a receipt of the customer's. Returns the part of the thread that it is the first to say of; null for none.</summary>
    public ReadPart? Read(ReadReceipt receipt)
    {
        if ((Reads ?? ReadReceipts.Unknown).With(receipt) is not var (receipts, part)) return null;
        Reads = receipts;
        return part;
    }

    /// <summary>
    /// Finds out whether a message is the newest one, by the thread's own order: time, then sequence; and whether it is read. This is the
    /// only way; call it for every message that is new or that got another time.
    /// </summary>
    /// <returns>False when only the thread's rows can tell which one is newest; then see <c>Data/NewestMessages.cs</c>.</returns>
    public bool Place(Message message)
    {
        if (message.Direction == Direction.Outbound) Reads = Reads?.WithOurs(message.SentAt);
        if (Reads?.ReadAt(message.SentAt) is { } readAt) message.MarkRead(readAt);
        var isRefuted = message is { Direction: Direction.Outbound, FailedAt: not null };
        if (message is { Direction: Direction.Outbound, Status: not MessageStatus.Failed } && (isRefuted || message.SentAt >= FailedAt))
            FailedAt = null;
        return PlaceByTime(message) && !isRefuted;
    }

    /// <summary>Takes the message that is the newest by the thread's rows.</summary>
    public bool Newest(Message message)
    {
        LastMessageId = message.Id;
        LastMessageAt = message.SentAt;
        return true;
    }

    /// <summary>Takes the newest message of the business by the thread's rows; null when there is none.</summary>
    public void NewestOfOurs(MessageStatus? status, DateTimeOffset? sentAt) => FailedAt = status == MessageStatus.Failed ? sentAt : null;

    private bool PlaceByTime(Message message)
    {
        var isLast = LastMessageId == message.Id;
        if (LastMessageId is null || message.SentAt > LastMessageAt) return Newest(message);
        if (message.SentAt < LastMessageAt) return !isLast;
        // A new message gets the highest sequence when it is written. Of two written ones only the rows know the order.
        return isLast || (message.Sequence == 0 && Newest(message));
    }

    /// <summary>Marks the thread as read. Returns whether that is news.</summary>
    public bool MarkRead(DateTimeOffset now)
    {
        if (UnreadCount == 0) return false;
        UnreadCount = 0;
        UpdatedAt = now;
        return true;
    }

    /// <summary>Marks the thread as unread again, as if one message had come. Returns whether that is news.</summary>
    public bool MarkUnread(DateTimeOffset now)
    {
        if (UnreadCount > 0) return false;
        UnreadCount = 1;
        UpdatedAt = now;
        return true;
    }

    /// <summary>What the response window of the thread follows from.</summary>
    public WindowFacts FactsFor(bool humanAgent) => new(LastInboundAt, PrivateRepliedAt, humanAgent);

    /// <summary>Notes a private reply, or (null) that it certainly never went out.</summary>
    public void ReplyInPrivate(DateTimeOffset? at) => PrivateRepliedAt = at;

    /// <summary>
    /// Notes that Meta was asked who the contact is. Whatever it told stays until it tells something else. Returns false for a question
    /// that is older than the last one.
    /// </summary>
    public bool CheckProfile(DateTimeOffset at)
    {
        if (ProfileCheckedAt > at) return false;
        ProfileCheckedAt = at;
        return true;
    }

    /// <summary>Takes over what the contact is called. Returns whether that is news.</summary>
    public bool Call(string? username, string? name)
    {
        var before = (ContactUsername, ContactName);
        (ContactUsername, ContactName) = (username, name);
        return before != (username, name);
    }

    /// <summary>
    /// Takes over how the contact and the business stand to each other. Returns whether that is news. A changed number of followers is not:
    /// a contact whom many follow would be told of each time that they write.
    /// </summary>
    public bool Describe(ContactFacts facts)
    {
        var before = (ContactFollowsBusiness, ContactFollowedByBusiness, ContactIsVerified);
        ContactFollowerCount = facts.FollowerCount;
        (ContactFollowsBusiness, ContactFollowedByBusiness, ContactIsVerified) =
            (facts.FollowsBusiness, facts.FollowedByBusiness, facts.IsVerified);
        return before != (ContactFollowsBusiness, ContactFollowedByBusiness, ContactIsVerified);
    }

    /// <summary>Takes over where their picture is, null for none. Returns whether that is news.</summary>
    public bool ShowPicture(string? url)
    {
        var before = ContactPictureUrl;
        ContactPictureUrl = url;
        return before != url;
    }

    /// <summary>
    /// Takes it from its contact, who is being erased: what they write from now on is another thread, and this one names nobody.
    /// </summary>
    public void BecomeNobodys(DateTimeOffset now)
    {
        ContactId = InstagramUserId.Parse("0" + RandomNumberGenerator.GetString("0123456789", 19));
        (ContactUsername, ContactName, ContactPictureUrl, UnreadCount, FailedAt) = (null, null, null, 0, null);
        Describe(ContactFacts.None);
        UpdatedAt = now;
    }

    private void Wrote(Message message)
    {
        if (LastInboundAt is null || message.SentAt > LastInboundAt) LastInboundAt = message.SentAt;
    }
}
