namespace InstaMessenger.Client;

/// <summary>The types of events. Docs/events.md of the product says when each of them happens.</summary>
public static class EventTypes
{
    /// <summary>The customer wrote.</summary>
    public const string MessageReceived = "message.received";

    /// <summary>Instagram has a message of the business, from wherever it was sent.</summary>
    public const string MessageSent = "message.sent";

    /// <summary>A message of the business changed otherwise.</summary>
    public const string MessageStatus = "message.status";

    /// <summary>The customer has read the thread up to a message.</summary>
    public const string MessageRead = "message.read";

    /// <summary>Somebody changed what a message says.</summary>
    public const string MessageEdited = "message.edited";

    /// <summary>Somebody took a message back.</summary>
    public const string MessageDeleted = "message.deleted";

    /// <summary>Somebody reacted to a message, or took that back.</summary>
    public const string MessageReaction = "message.reaction";

    /// <summary>A reaction of the business was not taken.</summary>
    public const string MessageReactionFailed = "message.reaction_failed";

    /// <summary>The state of an attachment changed.</summary>
    public const string MessageMedia = "message.media";

    /// <summary>The customer tapped a button, an ice breaker or a menu item.</summary>
    public const string PostbackReceived = "postback.received";

    /// <summary>A link brought the customer back into the thread.</summary>
    public const string ReferralReceived = "referral.received";

    /// <summary>Somebody commented on a post, reel or live video.</summary>
    public const string CommentReceived = "comment.received";

    /// <summary>Meta told something new of who the customer is.</summary>
    public const string ContactUpdated = "contact.updated";

    /// <summary>A person is erased: erase what you keep of them.</summary>
    public const string ContactErased = "contact.erased";

    /// <summary>Somebody read the thread, or marked it as unread.</summary>
    public const string ConversationUpdated = "conversation.updated";

    /// <summary>An account was linked.</summary>
    public const string AccountConnected = "account.connected";

    /// <summary>An account does not stand as before.</summary>
    public const string AccountHealth = "account.health";

    /// <summary>An account was unlinked.</summary>
    public const string AccountDisconnected = "account.disconnected";

    /// <summary>An import of an account's history goes on, or has ended.</summary>
    public const string HistoryProgress = "history.progress";

    /// <summary>Meta sent something that has no name yet.</summary>
    public const string Unsupported = "event.unsupported";

    /// <summary>Somebody tests an endpoint; it is in no log.</summary>
    public const string WebhookTest = "webhook.test";

    /// <summary>What <c>data</c> is, by the type.</summary>
    internal static readonly Dictionary<string, Type> Records = new()
    {
        [MessageReceived] = typeof(MessageReceived),
        [MessageSent] = typeof(MessageSent),
        [MessageStatus] = typeof(MessageStatusChanged),
        [MessageRead] = typeof(MessageRead),
        [MessageEdited] = typeof(MessageEdited),
        [MessageDeleted] = typeof(MessageDeleted),
        [MessageReaction] = typeof(MessageReaction),
        [MessageReactionFailed] = typeof(MessageReactionFailed),
        [MessageMedia] = typeof(MessageMediaChanged),
        [PostbackReceived] = typeof(PostbackReceived),
        [ReferralReceived] = typeof(ReferralReceived),
        [CommentReceived] = typeof(CommentReceived),
        [ContactUpdated] = typeof(ContactUpdated),
        [ContactErased] = typeof(ContactErased),
        [ConversationUpdated] = typeof(ConversationUpdated),
        [AccountConnected] = typeof(AccountConnected),
        [AccountHealth] = typeof(AccountHealthChanged),
        [AccountDisconnected] = typeof(AccountDisconnected),
        [HistoryProgress] = typeof(HistoryProgress),
        [Unsupported] = typeof(UnsupportedEvent),
        [WebhookTest] = typeof(WebhookTest),
    };
}
