using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Conversations;

/// <summary><c>data</c> of <c>message.reaction</c>.</summary>
/// <param name="MessageId">The message; null when it is not known (yet).</param>
/// <param name="InstagramMessageId">Meta's id of it.</param>
/// <param name="Conversation">The thread; null while it has not begun.</param>
/// <param name="Reaction">What they think of it.</param>
internal sealed record ReactionEventData(
    MessageId? MessageId,
    InstagramMessageId InstagramMessageId,
    ContactView Contact,
    ConversationState? Conversation,
    ReactionEventView Reaction);

/// <summary>A reaction, or that it was taken back.</summary>
internal sealed record ReactionEventView(Party By, string Action, string? Reaction, string? Emoji, DateTimeOffset At);

/// <summary><c>data</c> of <c>message.reaction_failed</c>.</summary>
/// <param name="InstagramMessageId">Meta's id of it.</param>
/// <param name="Reaction">What was to be done.</param>
/// <param name="Error">Why it was not.</param>
internal sealed record ReactionFailedData(
    MessageId MessageId,
    InstagramMessageId InstagramMessageId,
    ContactView Contact,
    ConversationState? Conversation,
    ReactionEventView Reaction,
    SendError? Error);
