using System.Text.Json;

namespace InstaMessenger.Client;

/// <summary>What an event tells: a record for each type.</summary>
public abstract record EventData;

/// <summary>An event of a type that is younger than this package.</summary>
/// <param name="Json">Its <c>data</c>.</param>
public sealed record UnknownEventData(JsonElement Json) : EventData;

/// <summary>What the events of a message have in common.</summary>
public abstract record MessageEventData : EventData
{
    /// <summary>The message as it is after the event.</summary>
    public required Message Message { get; init; }

    /// <summary>The customer.</summary>
    public required Contact Contact { get; init; }

    /// <summary>The thread right after the event, without its last message; null while it has not begun.</summary>
    public Conversation? Conversation { get; init; }

    /// <summary>Where an outbound message was written: <c>api</c>, <c>ui</c>, <c>automation</c> or <c>instagram</c>.</summary>
    public string? Origin { get; init; }

    /// <summary>A message that you know under this id and that is the same one: it is gone.</summary>
    public string? Replaces { get; init; }
}

/// <summary><c>message.received</c>: the customer wrote.</summary>
public sealed record MessageReceived : MessageEventData;

/// <summary><c>message.sent</c>: Instagram has a message of the business, from wherever it was sent.</summary>
public sealed record MessageSent : MessageEventData;

/// <summary><c>message.status</c>: a message of the business changed otherwise.</summary>
public sealed record MessageStatusChanged : MessageEventData;

/// <summary><c>message.edited</c>: the message is as it now says.</summary>
public sealed record MessageEdited : MessageEventData;

/// <summary><c>message.deleted</c>: the message has nothing of what it said; erase what you keep of it.</summary>
public sealed record MessageDeleted : MessageEventData;

/// <summary><c>message.media</c>: the state of an attachment changed.</summary>
public sealed record MessageMediaChanged : MessageEventData;

/// <summary><c>message.read</c>: the customer has read the thread up to a message.</summary>
/// <param name="Contact">The customer.</param>
/// <param name="Conversation">The thread; null while it has not begun.</param>
/// <param name="MessageId">The newest message that they have read; null when it is not known (yet).</param>
/// <param name="InstagramMessageId">Meta's id of it; null when Meta named only a moment.</param>
/// <param name="ReadAt">When (UTC).</param>
public sealed record MessageRead(
    Contact Contact, Conversation? Conversation, string? MessageId, string? InstagramMessageId, DateTimeOffset ReadAt) : EventData;

/// <summary><c>message.reaction</c>: somebody reacted to a message, or took that back.</summary>
/// <param name="MessageId">The message; null when it is not known (yet).</param>
/// <param name="InstagramMessageId">Meta's id of it.</param>
/// <param name="Contact">The customer.</param>
/// <param name="Conversation">The thread; null while it has not begun.</param>
/// <param name="Reaction">What they think of it.</param>
public sealed record MessageReaction(
    string? MessageId, string InstagramMessageId, Contact Contact, Conversation? Conversation, ReactionChange Reaction) : EventData;

/// <summary><c>message.reaction_failed</c>: a reaction of the business was not taken.</summary>
/// <param name="InstagramMessageId">Meta's id of it.</param>
/// <param name="Contact">The customer.</param>
/// <param name="Conversation">The thread.</param>
/// <param name="Reaction">What was to be done.</param>
/// <param name="Error">Why it was not.</param>
public sealed record MessageReactionFailed(
    string MessageId,
    string InstagramMessageId,
    Contact Contact,
    Conversation? Conversation,
    ReactionChange Reaction,
    SendError? Error) : EventData;

/// <summary>A reaction, or that it was taken back.</summary>
/// <param name="By"><c>customer</c> or <c>business</c>.</param>
/// <param name="Action"><c>react</c> or <c>unreact</c>.</param>
/// <param name="Reaction">Like <c>love</c>.</param>
/// <param name="Emoji">The picture.</param>
/// <param name="At">When (UTC).</param>
public sealed record ReactionChange(string By, string Action, string? Reaction, string? Emoji, DateTimeOffset At);

/// <summary><c>postback.received</c>: the customer tapped a button, an ice breaker or a menu item.</summary>
/// <param name="Message">The item of the thread.</param>
/// <param name="Contact">The customer.</param>
/// <param name="Conversation">The thread.</param>
/// <param name="Postback">What was tapped.</param>
public sealed record PostbackReceived(Message Message, Contact Contact, Conversation? Conversation, Postback? Postback) : EventData;

/// <summary><c>referral.received</c>: a link brought the customer back into the thread.</summary>
/// <param name="Message">The item of the thread.</param>
/// <param name="Contact">The customer.</param>
/// <param name="Conversation">The thread.</param>
/// <param name="Referral">What brought them.</param>
public sealed record ReferralReceived(Message Message, Contact Contact, Conversation? Conversation, Referral? Referral) : EventData;

/// <summary><c>comment.received</c>: somebody commented on a post, reel or live video.</summary>
public sealed record CommentReceived(Comment Comment) : EventData;

/// <summary>A comment.</summary>
/// <param name="Id">Meta's id: a <see cref="SendMessage.CommentId"/>.</param>
/// <param name="MediaId">What was commented on.</param>
/// <param name="Text">The comment.</param>
/// <param name="From">Who wrote it.</param>
/// <param name="ParentId">The comment that it answers.</param>
/// <param name="Live">Whether it is on a live video: it can be answered in private only as long as that runs.</param>
/// <param name="SentAt">When (UTC).</param>
/// <param name="Raw">Meta's JSON, when it has more.</param>
public sealed record Comment(
    string Id, string? MediaId, string? Text, Commenter? From, string? ParentId, bool Live, DateTimeOffset? SentAt, JsonElement? Raw);

/// <summary>Who wrote a comment.</summary>
/// <param name="Id">Meta's id.</param>
/// <param name="Username">Their name.</param>
public sealed record Commenter(string Id, string? Username);

/// <summary><c>contact.updated</c>: Meta told something new of who the customer is.</summary>
/// <param name="Contact">The customer; the picture's address stays the same for every picture, so fetch it again.</param>
public sealed record ContactUpdated(Contact Contact) : EventData;

/// <summary><c>contact.erased</c>: erase what you keep of the person.</summary>
/// <param name="Contact">Their id; the rest is null.</param>
public sealed record ContactErased(Contact Contact) : EventData;

/// <summary><c>conversation.updated</c>: somebody read the thread, or marked it as unread.</summary>
/// <param name="Conversation">The thread.</param>
public sealed record ConversationUpdated(Conversation Conversation) : EventData;

/// <summary><c>account.connected</c>: an account was linked.</summary>
public sealed record AccountConnected(ConnectedAccount Account) : EventData;

/// <summary><c>account.disconnected</c>: an account was unlinked.</summary>
public sealed record AccountDisconnected(ConnectedAccount Account) : EventData;

/// <summary><c>account.health</c>: an account does not stand as before, or an endpoint took nothing for five days.</summary>
/// <param name="Health">How it stands; null when <paramref name="Problem"/> is told.</param>
/// <param name="Problem">An endpoint that is not posted to any more; null when <paramref name="Health"/> is told.</param>
public sealed record AccountHealthChanged(ConnectedAccount Account, AccountHealth? Health, EndpointProblem? Problem) : EventData;

/// <summary>An endpoint that took nothing for five days.</summary>
/// <param name="Code"><c>webhook_endpoint_paused</c></param>
/// <param name="Message">A sentence for people.</param>
/// <param name="NextStep">What to do.</param>
/// <param name="WebhookEndpointId"><c>whe_…</c></param>
/// <param name="FailingSince">Since when (UTC).</param>
public sealed record EndpointProblem(
    string Code, string Message, string NextStep, string WebhookEndpointId, DateTimeOffset FailingSince);

/// <summary><c>history.progress</c>: an import of an account's history goes on, or has ended.</summary>
/// <param name="Backfill">How far it is.</param>
public sealed record HistoryProgress(Backfill Backfill) : EventData;

/// <summary>An import.</summary>
/// <param name="State"><c>running</c>, <c>done</c> or <c>failed</c>.</param>
/// <param name="Found">Messages that Meta has shown so far.</param>
/// <param name="Imported">Those of them that were not here.</param>
/// <param name="StartedAt">When it began (UTC).</param>
/// <param name="FinishedAt">When it ended (UTC); null while it goes on.</param>
/// <param name="Error">Why it ended early; null when it did not.</param>
public sealed record Backfill(
    string State, int Found, int Imported, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, string? Error);

/// <summary><c>event.unsupported</c>: Meta sent something that has no name yet.</summary>
/// <param name="What">The member that holds the event in Meta's JSON.</param>
/// <param name="ContactId">The customer, when it names one.</param>
/// <param name="SentAt">Meta's time (UTC).</param>
/// <param name="InstagramMessageId">Meta's id of the message that it is, edits or takes back; null for all else.</param>
/// <param name="Raw">Meta's JSON; null when it is a message that was taken back.</param>
public sealed record UnsupportedEvent(
    string What, string? ContactId, DateTimeOffset SentAt, string? InstagramMessageId, JsonElement? Raw) : EventData;

/// <summary><c>webhook.test</c>: somebody tests an endpoint.</summary>
/// <param name="WebhookEndpointId"><c>whe_…</c></param>
public sealed record WebhookTest(string WebhookEndpointId) : EventData;
