using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>
/// Takes back messages: nothing that they said is kept, neither in the thread nor in events that were told. A message that comes only
/// afterwards finds its place taken, by its <c>mid</c>, and leaves nothing behind either. An unsend that does not say whose message it
/// takes back waits for the message, and is told as it came; one for an account that is not linked any more waits too.
/// </summary>
internal sealed class UnsendArrivals(EventLog log, TimeProvider clock) : IArrivalHandler
{
    public string Name => WebhookItemName.Unsend;

    public async Task<IReadOnlyCollection<Arrival>> RecordAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<Arrival> arrivals)
    {
        // What this unit itself has recorded is written first, so that it is found and erased like all else.
        if (scope.Db.HasUnwrittenEvents) await scope.Db.SaveChangesAsync();
        // In order of time, so that of two unsends of a message the first one counts.
        var namings = arrivals.OrderBy(arrival => arrival.SentAt)
            .Select(Naming.Of).Where(naming => naming.Mid is not null).ToList();
        var named = await NamedMessages.LoadAsync(scope.Db, namings, clock);
        foreach (var naming in namings.Where(Waits)) Keep(named.Early, naming);
        await MessageEvents.EraseUnplacedAsync(
            scope,
            namings.Where(naming => named.Find(naming) is null).Select(naming => (naming.Arrival.Account!.Id, naming.Mid!.Value)));
        var silent = namings.Where(named.IsOfErased).Select(naming => naming.Arrival).ToList();
        namings.RemoveAll(Waits);
        var (told, deleted) = (new List<(Arrival Arrival, Message Message)>(), new List<Message>());
        foreach (var naming in namings)
        {
            if (named.Find(naming) is not { } message) Foretell(scope, named, naming);
            else if (Delete(scope, named, naming.Arrival, message)) deleted.Add(message);
            else continue;
            told.Add((naming.Arrival, named.Find(naming)!));
        }

        await MessageEvents.EraseAsync(scope, deleted);
        foreach (var (arrival, message) in told) Tell(scope, arrival, named.ConversationOf(message), message);
        await named.PlaceAsync();

        return [.. arrivals.Except(namings.Select(naming => naming.Arrival)).Except(silent)];

        bool Waits(Naming naming) => named.IsNobodys(naming) || (naming.Arrival.IsOfUnlinked && named.Find(naming) is null);
    }

    /// <summary>Takes a message back. Returns whether that is news.</summary>
    private static bool Delete(WorkScope<StoreDbContext> scope, NamedMessages named, Arrival arrival, Message message)
    {
        named.Precede(message, arrival.SentAt);
        TakenBackMedia.Remove(scope, message);
        return message.Delete(arrival.SentAt);
    }

    private void Keep(EarlyChanges early, Naming naming) => early.Keep(
        naming.Arrival.Account!.Id,
        naming.Mid!.Value,
        changes => changes.WithUnsend(naming.Arrival.SentAt),
        clock.GetUtcNow(),
        naming.Arrival.SentAt);

    private void Foretell(WorkScope<StoreDbContext> scope, NamedMessages named, Naming naming)
    {
        var arrival = naming.Arrival;
        var conversation = named.Threads.Open(arrival.Account!.Id, arrival.Contact!.Value);
        var message = Message.Foretell(
            conversation,
            arrival.IsOutbound ? Direction.Outbound : Direction.Inbound,
            naming.Mid!.Value,
            // Nobody here ever saw what it said, so there is nothing to be read.
            MessageChanges.None with { DeletedAt = arrival.SentAt },
            named.Early.Earliest(arrival.Account.Id, naming.Mid.Value, arrival.SentAt),
            arrival.ReceivedAt,
            MessageId.New(clock));
        scope.Db.Append(message);
        conversation.Add(message, clock.GetUtcNow());
        named.Add(message, conversation);
        named.Early.Give(scope, message, conversation);
    }

    private void Tell(WorkScope<StoreDbContext> scope, Arrival arrival, Conversation conversation, Message message)
    {
        log.Append(scope, EventTypes.MessageDeleted, arrival.Account!, conversation, message, arrival.TraceParent);
        InboundMetrics.Recorded(EventTypes.MessageDeleted);
    }
}
