using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>
/// Records that the customer has read the thread, up to a message (Instagram) or a moment (Messenger). One that names a message which is
/// not known waits for it: while the customer looks on, it often comes before Meta's answer to our send. One that names a moment begins the
/// thread, which shows nowhere until there is a message in it.
/// </summary>
internal sealed class ReadArrivals(EventLog log, TimeProvider clock) : IArrivalHandler
{
    public string Name => "read";

    public async Task<IReadOnlyCollection<Arrival>> RecordAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<Arrival> arrivals)
    {
        // A receipt of the business's own reading says nothing of the customer.
        var read = arrivals.Where(arrival => !arrival.IsOutbound)
            .Select(arrival => (Naming: Naming.Of(arrival), UpTo: UpTo(arrival)))
            .Where(pair => pair.Naming.Mid is not null || (pair.UpTo is not null && pair.Naming.Arrival.Contact is not null)).ToList();
        var named = await NamedMessages.LoadAsync(scope.Db, read.ConvertAll(pair => pair.Naming), clock);
        foreach (var (naming, _) in read.Where(pair => named.IsNobodys(pair.Naming))) Keep(named.Early, naming);
        var silent = read.Where(pair => named.IsOfErased(pair.Naming)).Select(pair => pair.Naming.Arrival).ToList();
        read.RemoveAll(pair => named.IsNobodys(pair.Naming) || silent.Contains(pair.Naming.Arrival));
        var fresh = await FreshArrivals.LoadAsync(scope.Db, read.ConvertAll(pair => pair.Naming.Arrival), clock);
        var told = read.FindAll(pair => fresh.IsFresh(pair.Naming.Arrival) && IsNews(scope.Db, named, pair.Naming, pair.UpTo));
        var newest = await NewestReadMessages.LoadAsync(
            scope.Db,
            [.. told.Where(pair => pair.Naming.Mid is null).Select(pair => (named.ConversationOf(pair.Naming)!.Id, pair.UpTo!.Value))]);
        foreach (var (naming, upTo) in told) Tell(scope, named, naming, upTo, newest);
        return [.. arrivals.Except(read.Select(pair => pair.Naming.Arrival)).Except(silent)];
    }

    /// <summary>
    /// The moment that it names; the receipt's own time instead of one that is still to come, up to which every later answer would be read
    /// as soon as it is sent.
    /// </summary>
    private static DateTimeOffset? UpTo(Arrival arrival)
    {
        var watermark = arrival.Item.Part.Member("watermark").Time();
        return watermark > arrival.ReceivedAt ? arrival.SentAt : watermark;
    }

    /// <summary>Takes a receipt in. Returns whether it says something new.</summary>
    private bool IsNews(StoreDbContext db, NamedMessages named, Naming naming, DateTimeOffset? watermark)
    {
        var message = named.Find(naming);
        // Nobody knows where in the thread a message stands that has not come itself.
        if (naming.Mid is not null && message is null or { AwaitsOriginal: true }) return Keep(named.Early, naming);
        var conversation = named.ConversationOf(naming) ?? named.Threads.Open(naming.Arrival.Account!.Id, naming.Arrival.Contact!.Value);
        return ReadMarks.Set(db, conversation, new ReadReceipt(message?.SentAt ?? watermark!.Value, naming.Arrival.SentAt));
    }

    private void Tell(
        WorkScope<StoreDbContext> scope, NamedMessages named, Naming naming, DateTimeOffset? watermark, NewestReadMessages newest)
    {
        var (arrival, conversation) = (naming.Arrival, named.ConversationOf(naming));
        var read = named.Find(naming)?.Id ?? (naming.Mid is null ? newest.Of(conversation!.Id, watermark!.Value) : null);
        log.Append(
            scope,
            arrival.Account!,
            conversation?.Id,
            EventTypes.MessageRead,
            new ReadEventData(
                ContactView.Of(conversation, arrival.Contact),
                ConversationState.Of(conversation, arrival.Account!, clock.GetUtcNow()),
                read,
                naming.Mid,
                arrival.SentAt),
            arrival.TraceParent);
        InboundMetrics.Recorded(EventTypes.MessageRead);
    }

    private bool Keep(EarlyChanges early, Naming naming)
    {
        var (before, after) = early.Keep(
            naming.Arrival.Account!.Id, naming.Mid!.Value, changes => changes.WithRead(naming.Arrival.SentAt), clock.GetUtcNow());
        return after != before;
    }
}

/// <summary><c>data</c> of <c>message.read</c>.</summary>
/// <param name="Conversation">The thread; null while it has not begun.</param>
/// <param name="MessageId">The newest message that they have read; null when it is not known (yet).</param>
/// <param name="InstagramMessageId">Meta's id of it; null when Meta named only a moment.</param>
/// <param name="ReadAt">When (UTC).</param>
internal sealed record ReadEventData(
    ContactView Contact,
    ConversationState? Conversation,
    MessageId? MessageId,
    InstagramMessageId? InstagramMessageId,
    DateTimeOffset ReadAt);
