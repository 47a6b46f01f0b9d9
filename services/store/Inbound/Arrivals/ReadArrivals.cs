using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>
/// Records that the customer has read the thread, up to a message (Instagram) or a moment (Messenger). One that names a message which is
/// not known waits for it: while the customer looks on, it often comes before Meta's answer to our send.
/// </summary>
internal sealed class ReadArrivals(EventLog log, TimeProvider clock) : IArrivalHandler
{
    public string Name => "read";

    public async Task<IReadOnlyCollection<Arrival>> RecordAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<Arrival> arrivals)
    {
        var read = arrivals.Where(IsCustomers)
            .Select(arrival => (
                Naming: new Naming(arrival, ReceivedContent.Mid(Part(arrival))),
                UpTo: Part(arrival).Member("watermark").Time()))
            .Where(pair => pair.Naming.Mid is not null || pair.UpTo is not null).ToList();
        var named = await NamedMessages.LoadAsync(scope.Db, read.ConvertAll(pair => pair.Naming), clock);
        var fresh = await FreshArrivals.LoadAsync(scope.Db, read.ConvertAll(pair => pair.Naming.Arrival), clock);
        foreach (var (naming, upTo) in read.Where(pair => fresh.IsFresh(pair.Naming.Arrival)))
            await RecordAsync(scope, named, naming, upTo);
        return [.. arrivals.Except(read.Select(pair => pair.Naming.Arrival))];
    }

    private async Task RecordAsync(WorkScope<StoreDbContext> scope, NamedMessages named, Naming naming, DateTimeOffset? watermark)
    {
        var (arrival, message, conversation) = (naming.Arrival, named.Find(naming), named.ConversationOf(naming));
        if (naming.Mid is not null && message is null)
        {
            if (!Keep(named.Early, naming)) return;
        }
        else if (conversation is not null)
        {
            var receipt = new ReadReceipt(message?.SentAt ?? watermark!.Value, arrival.SentAt);
            if (!await ReadMarks.SetAsync(scope.Db, conversation, receipt)) return;
        }
        else
        {
            // Nothing was ever written in this thread, so nothing of it can be read.
            return;
        }

        var newest = message?.Id
            ?? (watermark is { } upTo && conversation is not null ? await NewestAsync(scope.Db, conversation, upTo) : null);
        log.Append(
            scope,
            arrival.Account!,
            conversation?.Id,
            EventTypes.MessageRead,
            new ReadEventData(ContactView.Of(conversation, arrival.Contact), newest, naming.Mid, arrival.SentAt),
            arrival.TraceParent);
        InboundMetrics.Recorded(EventTypes.MessageRead);
    }

    private bool Keep(EarlyChanges early, Naming naming)
    {
        var (before, after) = early.Keep(
            naming.Arrival.Account!.Id, naming.Mid!.Value, changes => changes.WithRead(naming.Arrival.SentAt), clock.GetUtcNow());
        return after != before;
    }

    private static async Task<MessageId?> NewestAsync(StoreDbContext db, Conversation conversation, DateTimeOffset upTo)
    {
        var written = await db.Messages
            .Where(message => message.ConversationId == conversation.Id
                && message.SentAt <= upTo
                && message.Direction == Direction.Outbound)
            .OrderByDescending(message => message.SentAt).ThenByDescending(message => message.Sequence)
            .Select(message => new { message.Id, message.SentAt }).FirstOrDefaultAsync();
        var arrived = db.Arrived
            .Where(message => message.ConversationId == conversation.Id
                && message.SentAt <= upTo
                && message.Direction == Direction.Outbound)
            .MaxBy(message => message.SentAt);
        return arrived is not null && !(written?.SentAt > arrived.SentAt) ? arrived.Id : written?.Id;
    }

    /// <summary>A receipt of the business's own reading says nothing of the customer.</summary>
    private static bool IsCustomers(Arrival arrival) => !arrival.IsOutbound && arrival.Contact is not null;

    private static JsonElement Part(Arrival arrival) => arrival.Item.Event.GetProperty("read");
}

/// <summary><c>data</c> of <c>message.read</c>.</summary>
/// <param name="Contact">The customer.</param>
/// <param name="MessageId">The newest message that they have read; null when it is not known (yet).</param>
/// <param name="InstagramMessageId">Meta's id of it; null when Meta named only a moment.</param>
/// <param name="ReadAt">When (UTC).</param>
internal sealed record ReadEventData(
    ContactView Contact, MessageId? MessageId, InstagramMessageId? InstagramMessageId, DateTimeOffset ReadAt);
