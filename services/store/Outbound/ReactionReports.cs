using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Outbound;

/// <summary>Takes what came of our own reactions into their messages. Meta's webhook of the same reaction then changes nothing.</summary>
internal sealed class ReactionReports(EventLog log)
{
    public async Task ApplyAsync(WorkScope<StoreDbContext> scope, BusItem<SendReported> item)
    {
        var (body, reaction, db) = (item.Body, item.Body.Reaction!, scope.Db);
        if (body.Outcome is not (SendOutcome.Sent or SendOutcome.Rejected)) return;
        var messages = db.Messages.Where(row => row.AccountId == body.AccountId && row.InstagramMessageId == reaction.Mid);
        var threads = await messages.Select(row => row.ConversationId).ToListAsync();
        var conversation = await db.Conversations.ForUpdate().SingleOrDefaultAsync(row => threads.Contains(row.Id));
        var message = await messages.Include(row => row.Attachments).SingleOrDefaultAsync();
        // Its mid has gone to another message meanwhile, or it was erased.
        if (conversation is null || message is null) return;
        var account = await db.Accounts.SingleAsync(row => row.Id == body.AccountId);
        var done = new Reaction(Party.Business, reaction.Name, reaction.Name is null ? null : "❤️", body.At);
        var shown = new ReactionEventView(done.By, done.IsTakenBack ? "unreact" : "react", done.Name, done.Emoji, done.At);
        var (contact, state) = (ContactView.Of(conversation), ConversationState.Of(conversation, account, log.Now));
        if (body.Outcome == SendOutcome.Rejected)
        {
            var data = new ReactionFailedData(message.Id, reaction.Mid, contact, state, shown, body.Error);
            log.Append(scope, account, conversation.Id, EventTypes.MessageReactionFailed, data, item.TraceParent);
        }
        else if (message.React(done))
        {
            var data = new ReactionEventData(message.Id, reaction.Mid, contact, state, shown);
            log.Append(scope, account, conversation.Id, EventTypes.MessageReaction, data, item.TraceParent);
        }
    }
}
