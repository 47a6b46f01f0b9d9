using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Conversations;

/// <summary>
/// A conversation as events carry it: all but its last message, so that whoever follows the log needs no read for each event. It is as it
/// was right after the event.
/// </summary>
internal sealed record ConversationState(
    ConversationId Id,
    AccountId AccountId,
    ContactView Contact,
    int UnreadCount,
    bool AwaitsReply,
    bool Failed,
    ResponseWindow Window,
    DateTimeOffset UpdatedAt)
{
    /// <summary>Describes a thread; null stays null, of an event whose thread has not begun yet.</summary>
    public static ConversationState? Of(Conversation? conversation, Account account, DateTimeOffset now) => conversation is null
        ? null
        : new ConversationState(
            conversation.Id,
            conversation.AccountId,
            ContactView.Of(conversation),
            conversation.UnreadCount,
            conversation.AwaitsReply,
            conversation.Failed,
            ResponseWindow.Of(conversation.FactsFor(account.HumanAgent), now),
            conversation.UpdatedAt);
}
