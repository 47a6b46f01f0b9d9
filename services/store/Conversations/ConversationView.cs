using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Conversations;

/// <summary>A conversation as clients see it.</summary>
/// <param name="Id">The conversation.</param>
/// <param name="LastMessage">The newest message that was not taken back before it went out; null while there is none.</param>
/// <param name="UnreadCount">How many messages came since somebody read it.</param>
/// <param name="AwaitsReply">Whether the customer wrote last, or has nothing of the answer because it failed.</param>
/// <param name="Failed">Whether the newest message of the business failed.</param>
/// <param name="Window">Until when may be written.</param>
/// <param name="UpdatedAt">When it last changed (UTC).</param>
internal sealed record ConversationView(
    ConversationId Id,
    AccountId AccountId,
    ContactView Contact,
    MessageView? LastMessage,
    int UnreadCount,
    bool AwaitsReply,
    bool Failed,
    ResponseWindow Window,
    DateTimeOffset UpdatedAt)
{
    private static ConversationView Of(Conversation conversation, bool humanAgent, Message? last, DateTimeOffset now) => new(
        conversation.Id,
        conversation.AccountId,
        ContactView.Of(conversation),
        last is null ? null : MessageView.Of(last),
        conversation.UnreadCount,
        conversation.AwaitsReply,
        conversation.Failed,
        ResponseWindow.Of(conversation.FactsFor(humanAgent), now),
        conversation.UpdatedAt);

    /// <summary>Describes conversations, with one read for all their last messages and one for their accounts.</summary>
    public static async Task<List<ConversationView>> ListAsync(
        StoreDbContext db, List<Conversation> conversations, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ids = conversations.Where(conversation => conversation.LastMessageId is not null)
            .Select(conversation => conversation.LastMessageId!.Value).ToList();
        var messages = db.Messages.Include(message => message.Attachments).Where(message => ids.Contains(message.Id))
            .OrderBy(message => message.Sequence);
        var rows = await db.ReadableAsync(messages, cancellationToken);
        await Quotes.FillAsync(db, rows, cancellationToken);
        var last = rows.ToDictionary(message => message.Id);
        var accountIds = conversations.Select(conversation => conversation.AccountId).Distinct().ToList();
        var humanAgents = await db.Accounts.Where(account => accountIds.Contains(account.Id) && account.HumanAgent)
            .Select(account => account.Id).ToHashSetAsync(cancellationToken);
        return conversations.ConvertAll(conversation => Of(
            conversation,
            humanAgents.Contains(conversation.AccountId),
            conversation.LastMessageId is { } id ? last.GetValueOrDefault(id) : null,
            now));
    }
}

/// <summary><c>data</c> of <c>conversation.updated</c>.</summary>
internal sealed record ConversationEventData(ConversationView Conversation);
