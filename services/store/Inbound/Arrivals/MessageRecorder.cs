using System.Text.Json;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using InstaMessenger.Store.Media;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>
/// Records messages, each once however often it comes: (account, mid) is unique, and a message without a mid is recognised by its JSON. An
/// echo settles the send that it belongs to, or it is a message that was written elsewhere.
/// </summary>
internal sealed class MessageRecorder(EventLog log, TimeProvider clock)
{
    /// <summary>Records what arrived, each item of the thread once.</summary>
    /// <param name="arrivals">In order, each with its account.</param>
    /// <param name="part">The member of the event that holds the item.</param>
    /// <param name="content">Reads what it says; null when that is nothing to be shown.</param>
    /// <returns>What is no item of a thread: it does not say between whom it is, or says nothing.</returns>
    public async Task<IReadOnlyCollection<Arrival>> RecordAsync(
        WorkScope<StoreDbContext> scope,
        IReadOnlyList<Arrival> arrivals,
        string part,
        Func<WebhookItem, JsonElement, MessageContent?> content)
    {
        var read = arrivals.Select(arrival => (Arrival: arrival, Message: ReceivedMessage.Of(arrival, part, content))).ToList();
        await RecordAsync(scope, read.Where(pair => pair.Message is not null).Select(pair => pair.Message!).ToList());
        return [.. read.Where(pair => pair.Message is null).Select(pair => pair.Arrival)];
    }

    private async Task RecordAsync(WorkScope<StoreDbContext> scope, List<ReceivedMessage> received)
    {
        if (received.Count == 0) return;
        var known = await KnownMids.LoadAsync(scope.Db, received);
        var seen = await SeenEvents.LoadAsync(
            scope.Db, received.Where(message => message.Mid is null).Select(message => message.Arrival), clock);
        var fresh = received.FindAll(
            message => message.Mid is { } mid ? known.IsNew(message.Account.Id, mid) : seen.IsNew(message.Arrival));
        await ArriveAsync(scope, [.. received.Except(fresh)], known);
        if (fresh.Count == 0) return;

        var threads = await Threads.LoadAsync(
            scope.Db, fresh.ConvertAll(message => (message.Account.Id, message.Contact)), clock);
        var placed = fresh.ConvertAll(message => (Message: message, Thread: threads.Open(message.Account.Id, message.Contact)));
        foreach (var (message, thread) in placed)
        {
            message.Arrival.MarkRecorded();
            // Until Meta is asked who they are, which it is when they write.
            if (message.Arrival.Username is { } username && thread.ContactUsername is null) thread.Call(username, thread.ContactName);
        }

        var sends = await OpenSends.LoadAsync(
            scope.Db,
            [.. placed.Where(pair => pair.Message.IsEcho).Select(pair => (pair.Thread.Id, pair.Message.Content))],
            clock.GetUtcNow());
        // Behind the lock of the thread, so that a change that came beside its message is found, or finds it.
        var early = await EarlyChanges.LoadAsync(
            scope.Db, fresh.Where(message => message.Mid is not null).Select(message => message.Mid!.Value));
        var quotes = await Quotes.LoadAsync(scope.Db, fresh.Select(message => message.Content.ReplyTo));
        var unsure = new HashSet<Conversation>();
        foreach (var (message, thread) in placed)
        {
            if (!await RecordAsync(scope, message, thread, new Batch(sends, early, known, quotes))) unsure.Add(thread);
        }

        await NewestMessages.FindAsync(scope.Db, unsure);
    }

    /// <summary>Records one message and returns whether the thread's newest message is known.</summary>
    private async Task<bool> RecordAsync(WorkScope<StoreDbContext> scope, ReceivedMessage item, Conversation conversation, Batch batch)
    {
        var arrival = item.Arrival;
        var foretold = batch.Known.Foretold(item);
        if (item.IsEcho && item.Mid is not null && batch.Sends.Take(conversation.Id, item.Content, FoundAt(arrival)) is { } send)
            return await SettleAsync(scope, item, conversation, send, foretold, batch);
        if (foretold is not null) return await CompleteAsync(scope, item, conversation, foretold, batch);

        var id = MessageId.New(clock);
        var message = item.IsEcho
            ? Message.Mirror(conversation, item.Content, item.Mid, arrival.SentAt, arrival.ReceivedAt, id)
            : Message.Receive(conversation, item.Content, item.Mid, arrival.SentAt, arrival.ReceivedAt, id);
        message.Find(arrival.FoundBy);
        scope.Db.Append(message);
        conversation.Add(message, clock.GetUtcNow());
        var isDeleted = batch.Early.Give(scope, message, conversation);
        batch.Quotes.Know(message);
        batch.Quotes.Fill(message);
        MediaRequests.Begin(scope, item.Account, message, clock.GetUtcNow(), arrival.TraceParent);
        Append(scope, isDeleted ? EventTypes.MessageDeleted : TypeOf(item), item, conversation, message);
        return true;
    }

    /// <summary>Settles our own send by its echo. What came of the message before the echo is the send's.</summary>
    private async Task<bool> SettleAsync(
        WorkScope<StoreDbContext> scope,
        ReceivedMessage item,
        Conversation conversation,
        Message send,
        Message? foretold,
        Batch batch)
    {
        var (arrival, mid) = (item.Arrival, item.Mid!.Value);
        send.Settle(mid, arrival.SentAt);
        scope.Publish(new EchoRecognised(send.Id, item.Account.Id, mid, arrival.ReceivedAt), arrival.TraceParent);
        var isNewestKnown = conversation.Place(send) && foretold is null;
        var isDeleted = batch.Early.Give(scope, send, conversation);
        if (isDeleted) await MessageEvents.EraseAsync(scope, [send]);
        isDeleted |= foretold is not null && await MovedChanges.MoveAsync(scope, foretold, send);
        batch.Quotes.Know(send);
        batch.Quotes.Fill(send);
        Append(scope, isDeleted ? EventTypes.MessageDeleted : EventTypes.MessageSent, item, conversation, send, foretold?.Id);
        return isNewestKnown;
    }

    /// <summary>Takes the message of which only a change had come. Nothing is told of one that was taken back: that was told.</summary>
    private async Task<bool> CompleteAsync(
        WorkScope<StoreDbContext> scope, ReceivedMessage item, Conversation conversation, Message foretold, Batch batch)
    {
        if (foretold.ConversationId != conversation.Id) return true;
        foretold.Find(item.Arrival.FoundBy);
        foretold.Complete(item.Content, item.Arrival.SentAt, item.Arrival.ReceivedAt);
        var isNewestKnown = conversation.Complete(foretold, clock.GetUtcNow());
        var isDeleted = batch.Early.Give(scope, foretold, conversation);
        if (isDeleted) await MessageEvents.EraseAsync(scope, [foretold]);
        batch.Quotes.Fill(foretold);
        MediaRequests.Begin(scope, item.Account, foretold, clock.GetUtcNow(), item.Arrival.TraceParent);
        if (isDeleted || !foretold.IsDeleted)
            Append(scope, isDeleted ? EventTypes.MessageDeleted : TypeOf(item), item, conversation, foretold);
        return isNewestKnown;
    }

    /// <summary>
    /// Takes the webhooks of messages that were found before them. What counted as history is news now, and is told; what a sweep had told
    /// is told again only when the webhook says that it was something else than a message.
    /// </summary>
    private async Task ArriveAsync(WorkScope<StoreDbContext> scope, List<ReceivedMessage> received, KnownMids known)
    {
        var arriving = received.Select(item => (Item: item, Message: known.TakeFound(item)))
            .Where(pair => pair.Message is not null).ToList();
        if (arriving.Count == 0) return;
        var threads = await Threads.LoadAsync(
            scope.Db, arriving.ConvertAll(pair => (pair.Item.Account.Id, pair.Item.Contact)), clock);
        var unsure = new HashSet<Conversation>();
        foreach (var (item, found) in arriving)
        {
            if (threads.Find(item.Account.Id, item.Contact) is not { } thread || thread.Id != found!.ConversationId) continue;
            var (wasHistory, hadMedia) = (found.IsHistory, found.Attachments.Count > 0);
            found.Arrive(item.Content, item.Arrival.SentAt, item.Arrival.ReceivedAt);
            if (!thread.Arrive(found, wasHistory, clock.GetUtcNow())) unsure.Add(thread);
            if (!hadMedia) MediaRequests.Begin(scope, item.Account, found, clock.GetUtcNow(), item.Arrival.TraceParent);
            var isSomethingElse = item.Content.Kind is MessageKind.Postback or MessageKind.Referral;
            if (!found.IsDeleted && (wasHistory || isSomethingElse)) Append(scope, TypeOf(item), item, thread, found);
        }

        await NewestMessages.FindAsync(scope.Db, unsure);
    }

    private static DateTimeOffset? FoundAt(Arrival arrival) => arrival.FoundBy is null ? null : arrival.SentAt;

    private static string TypeOf(ReceivedMessage item) => item.Content.Kind switch
    {
        MessageKind.Postback => EventTypes.PostbackReceived,
        MessageKind.Referral => EventTypes.ReferralReceived,
        _ => item.IsEcho ? EventTypes.MessageSent : EventTypes.MessageReceived,
    };

    private void Append(
        WorkScope<StoreDbContext> scope,
        string type,
        ReceivedMessage item,
        Conversation conversation,
        Message message,
        MessageId? replaces = null)
    {
        // What is history is told only to those who asked for it, and never one by one to people.
        if (message.IsHistory && !item.Account.HistoryEvents) return;
        log.Append(scope, type, item.Account, conversation, message, item.Arrival.TraceParent, replaces);
        InboundMetrics.Recorded(type);
    }

    private sealed record Batch(OpenSends Sends, EarlyChanges Early, KnownMids Known, Quotes Quotes);
}
