using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>
/// Records messages, each once however often it comes: (account, mid) is unique, and a message without a mid is recognised by its JSON. An
/// echo settles the send that it belongs to, or it is a message that was written elsewhere.
/// </summary>
internal sealed class MessageArrivals(EventLog log, TimeProvider clock) : IArrivalHandler
{
    public string Name => "message";

    public async Task<IReadOnlyCollection<Arrival>> RecordAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<Arrival> arrivals)
    {
        var read = arrivals.Select(arrival => (Arrival: arrival, Message: ReceivedMessage.Of(arrival))).ToList();
        await RecordAsync(scope, read.Where(pair => pair.Message is not null).Select(pair => pair.Message!).ToList());
        return [.. read.Where(pair => pair.Message is null).Select(pair => pair.Arrival)];
    }

    private async Task RecordAsync(WorkScope<StoreDbContext> scope, List<ReceivedMessage> received)
    {
        if (received.Count == 0) return;
        var known = await KnownAsync(scope.Db, received);
        var seen = await SeenEvents.LoadAsync(
            scope.Db, received.Where(message => message.Mid is null).Select(message => message.Arrival), clock);
        var fresh = received.FindAll(
            message => message.Mid is { } mid ? known.Add((message.Account.Id, mid)) : seen.IsNew(message.Arrival));
        if (fresh.Count == 0) return;

        var conversations = await ConversationsAsync(scope.Db, fresh);
        var echoes = fresh.Where(message => message.IsEcho)
            .Select(message => (conversations[(message.Account.Id, message.Contact)].Id, message.Content));
        var sends = await OpenSends.LoadAsync(scope.Db, [.. echoes], clock.GetUtcNow());
        var unsure = fresh.Where(message => !Record(scope, message, conversations[(message.Account.Id, message.Contact)], sends)).ToList();
        await NewestMessages.FindAsync(
            scope.Db, [.. unsure.Select(message => conversations[(message.Account.Id, message.Contact)]).Distinct()]);
    }

    /// <summary>Records one message and returns whether the thread's newest message is known.</summary>
    private bool Record(WorkScope<StoreDbContext> scope, ReceivedMessage item, Conversation conversation, OpenSends sends)
    {
        var (account, arrival) = (item.Account, item.Arrival);
        var now = clock.GetUtcNow();
        if (item is { IsEcho: true, Mid: { } mid } && sends.Take(conversation.Id, item.Content) is { } send)
        {
            send.Settle(mid, arrival.SentAt);
            scope.Publish(new EchoRecognised(send.Id, account.Id, mid, arrival.ReceivedAt), arrival.TraceParent);
            Append(scope, EventTypes.MessageSent, account, conversation, send, arrival);
            return conversation.Place(send);
        }

        var id = MessageId.New(clock);
        var message = item.IsEcho
            ? Message.Mirror(conversation, item.Content, item.Mid, arrival.SentAt, arrival.ReceivedAt, id)
            : Message.Receive(conversation, item.Content, item.Mid, arrival.SentAt, arrival.ReceivedAt, id);
        scope.Db.Append(message);
        conversation.Add(message, now);
        Append(scope, item.IsEcho ? EventTypes.MessageSent : EventTypes.MessageReceived, account, conversation, message, arrival);
        return true;
    }

    private void Append(
        WorkScope<StoreDbContext> scope, string type, Account account, Conversation conversation, Message message, Arrival arrival)
    {
        log.Append(scope, type, account, conversation, message, arrival.TraceParent);
        InboundMetrics.Recorded(type);
    }

    private static async Task<HashSet<(AccountId, InstagramMessageId)>> KnownAsync(StoreDbContext db, List<ReceivedMessage> received)
    {
        var mids = received.Select(message => message.Mid).Where(mid => mid is not null).Distinct().ToList();
        var known = await db.Messages.Where(message => mids.Contains(message.InstagramMessageId))
            .Select(message => new { message.AccountId, message.InstagramMessageId }).ToListAsync();
        return known.Select(message => (message.AccountId, message.InstagramMessageId!.Value)).ToHashSet();
    }

    /// <summary>
    /// Finds or makes the conversation of each message. (account, contact) is unique, so however many first messages come, there is one.
    /// </summary>
    private async Task<Dictionary<(AccountId, InstagramUserId), Conversation>> ConversationsAsync(
        StoreDbContext db, List<ReceivedMessage> fresh)
    {
        var contacts = fresh.Select(message => message.Contact).Distinct().ToList();
        var accounts = fresh.Select(message => message.Account.Id).ToHashSet();
        var conversations = (
            await db.Conversations.ForUpdate().Where(conversation => contacts.Contains(conversation.ContactId)).ToListAsync())
            .Where(conversation => accounts.Contains(conversation.AccountId))
            .ToDictionary(conversation => (conversation.AccountId, conversation.ContactId));
        foreach (var message in fresh)
        {
            var key = (message.Account.Id, message.Contact);
            if (conversations.ContainsKey(key)) continue;
            var begun = Conversation.Begin(message.Account.Id, message.Contact, clock.GetUtcNow(), ConversationId.New(clock));
            db.Conversations.Add(begun);
            conversations.Add(key, begun);
        }

        return conversations;
    }
}
