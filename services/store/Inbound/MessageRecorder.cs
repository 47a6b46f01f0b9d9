using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound;

/// <summary>A message and the account that it is for.</summary>
internal sealed record RoutedMessage(Account Account, InboundMessage Item, Arrival Arrival);

/// <summary>
/// Records messages, each once however often it comes: (account, mid) is unique. An echo settles the send that it is of, or is a message that
/// was written elsewhere.
/// </summary>
internal sealed class MessageRecorder(EventLog log, TimeProvider clock)
{
    public async Task RecordAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<RoutedMessage> routed)
    {
        if (routed.Count == 0) return;
        var known = await KnownAsync(scope.Db, routed);
        var fresh = routed.Where(message => known.Add((message.Account.Id, message.Item.Mid))).ToList();
        if (fresh.Count == 0) return;

        var conversations = await ConversationsAsync(scope.Db, fresh);
        var echoes = fresh.Where(message => message.Item.IsEcho).Select(message => (conversations[(message.Account.Id, message.Item.Contact)].Id, message.Item.Content));
        var sends = await OpenSends.LoadAsync(scope.Db, [.. echoes], clock.GetUtcNow());
        foreach (var message in fresh) Record(scope, message, conversations[(message.Account.Id, message.Item.Contact)], sends);
    }

    private void Record(WorkScope<StoreDbContext> scope, RoutedMessage routed, Conversation conversation, OpenSends sends)
    {
        var (account, item, arrival) = routed;
        var now = clock.GetUtcNow();
        if (item.IsEcho && sends.Take(conversation.Id, item.Content) is { } send)
        {
            send.Settle(item.Mid, arrival.SentAt);
            conversation.Replace(send.Id, send);
            scope.Publish(new EchoRecognised(send.Id, account.Id, item.Mid, arrival.ReceivedAt), arrival.TraceParent);
            Append(scope, EventTypes.MessageSent, account, conversation, send, arrival);
            return;
        }

        var id = MessageId.New(clock);
        var message = item.IsEcho
            ? Message.Mirror(conversation, item.Content, item.Mid, arrival.SentAt, arrival.ReceivedAt, id)
            : Message.Receive(conversation, item.Content, item.Mid, arrival.SentAt, arrival.ReceivedAt, id);
        scope.Db.Append(message);
        conversation.Add(message, now);
        Append(scope, item.IsEcho ? EventTypes.MessageSent : EventTypes.MessageReceived, account, conversation, message, arrival);
    }

    private void Append(WorkScope<StoreDbContext> scope, string type, Account account, Conversation conversation, Message message, Arrival arrival)
    {
        log.Append(scope, type, account, conversation, message, arrival.TraceParent);
        InboundMetrics.Recorded(type);
    }

    private static async Task<HashSet<(AccountId, InstagramMessageId)>> KnownAsync(StoreDbContext db, IReadOnlyList<RoutedMessage> routed)
    {
        var mids = routed.Select(message => (InstagramMessageId?)message.Item.Mid).Distinct().ToList();
        var known = await db.Messages.Where(message => mids.Contains(message.InstagramMessageId))
            .Select(message => new { message.AccountId, message.InstagramMessageId }).ToListAsync();
        return known.Select(message => (message.AccountId, message.InstagramMessageId!.Value)).ToHashSet();
    }

    /// <summary>The conversation of each message; (account, contact) is unique, so however many first messages come, there is one.</summary>
    private async Task<Dictionary<(AccountId, InstagramUserId), Conversation>> ConversationsAsync(StoreDbContext db, List<RoutedMessage> fresh)
    {
        var contacts = fresh.Select(message => message.Item.Contact).Distinct().ToList();
        var accounts = fresh.Select(message => message.Account.Id).ToHashSet();
        var conversations = (await db.Conversations.Where(conversation => contacts.Contains(conversation.ContactId)).ToListAsync())
            .Where(conversation => accounts.Contains(conversation.AccountId))
            .ToDictionary(conversation => (conversation.AccountId, conversation.ContactId));
        foreach (var message in fresh)
        {
            var key = (message.Account.Id, message.Item.Contact);
            if (conversations.ContainsKey(key)) continue;
            var begun = Conversation.Begin(message.Account.Id, message.Item.Contact, clock.GetUtcNow(), ConversationId.New(clock));
            db.Conversations.Add(begun);
            conversations.Add(key, begun);
        }

        return conversations;
    }
}
