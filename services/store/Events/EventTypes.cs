using System.Collections.Frozen;
using System.Reflection;

namespace InstaMessenger.Store.Events;

/// <summary>The types of events that clients see.</summary>
internal static class EventTypes
{
    public const string MessageReceived = "message.received";
    public const string MessageSent = "message.sent";
    public const string MessageStatus = "message.status";
    public const string MessageRead = "message.read";
    public const string MessageEdited = "message.edited";
    public const string MessageDeleted = "message.deleted";
    public const string MessageReaction = "message.reaction";

    /// <summary>The state of an attachment changed.</summary>
    public const string MessageMedia = "message.media";

    public const string MessageReactionFailed = "message.reaction_failed";
    public const string PostbackReceived = "postback.received";
    public const string ReferralReceived = "referral.received";
    public const string CommentReceived = "comment.received";
    public const string ContactUpdated = "contact.updated";

    /// <summary>Somebody was erased; whoever keeps something of them erases it too.</summary>
    public const string ContactErased = "contact.erased";

    public const string ConversationUpdated = "conversation.updated";
    public const string AccountConnected = "account.connected";
    public const string AccountHealth = "account.health";
    public const string AccountDisconnected = "account.disconnected";

    /// <summary>An import of an account's history goes on, or has ended.</summary>
    public const string HistoryProgress = "history.progress";

    /// <summary>Meta sent something that has no name here; it is kept as raw JSON.</summary>
    public const string Unsupported = "event.unsupported";

    public static readonly FrozenSet<string> All = typeof(EventTypes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).ToFrozenSet();
}
