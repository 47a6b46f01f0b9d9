using System.Globalization;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>
/// Records edits; what the message said before is kept. An edit of a message that is not known makes the message, because it says what is
/// in it; one that does not say whose waits for the message, and is told as it came. Without a text it is no edit: Meta sends such a one
/// for some new messages. It changes nothing of a message that is there; of one that is not, it is all that anybody knows, and is told as
/// it came.
/// </summary>
internal sealed class EditArrivals(EventLog log, TimeProvider clock) : IArrivalHandler
{
    public string Name => "message_edit";

    public async Task<IReadOnlyCollection<Arrival>> RecordAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<Arrival> arrivals)
    {
        var read = arrivals.Select(arrival => (Naming: Naming.Of(arrival), Version: Read(arrival))).ToList();
        var named = await NamedMessages.LoadAsync(scope.Db, read.ConvertAll(pair => pair.Naming), clock);
        var fresh = await FreshArrivals.LoadAsync(
            scope.Db, read.Where(pair => pair.Version is not null).Select(pair => pair.Naming.Arrival), clock);
        await Quotes.FillAsync(scope.Db, named.All);
        var left = new List<Arrival>();
        foreach (var (naming, version) in read)
        {
            var message = named.Find(naming);
            if (message is null && (version is null || naming.Mid is null || named.IsNobodys(naming)))
            {
                if (version is { IsFirst: false } && named.IsNobodys(naming)) Keep(named.Early, naming, version);
                if (!named.IsOfErased(naming)) left.Add(naming.Arrival);
            }
            else if (version is null || !fresh.IsFresh(naming.Arrival)) continue;
            else if (message is null) Foretell(scope, named, naming, version);
            else
            {
                named.Precede(message, version.At);
                if (message.Edit(version)) Tell(scope, EventTypes.MessageEdited, naming.Arrival, named.ConversationOf(message), message);
            }
        }

        await named.PlaceAsync();

        return left;
    }

    /// <summary>Without a number and a time of Meta's nothing tells a repeat from another edit, and a message keeps what it says.</summary>
    private void Keep(EarlyChanges early, Naming naming, TextVersion version)
    {
        if (version.Number is null && !naming.Arrival.HasMetasTime) return;
        early.Keep(
            naming.Arrival.Account!.Id, naming.Mid!.Value, changes => changes.WithEarly(version), clock.GetUtcNow(), version.At);
    }

    private void Foretell(WorkScope<StoreDbContext> scope, NamedMessages named, Naming naming, TextVersion version)
    {
        var arrival = naming.Arrival;
        var conversation = named.Threads.Open(arrival.Account!.Id, arrival.Contact!.Value);
        var message = Message.Foretell(
            conversation,
            arrival.IsOutbound ? Direction.Outbound : Direction.Inbound,
            naming.Mid!.Value,
            MessageChanges.None.With(version) with { IsCounted = true },
            named.Early.Earliest(arrival.Account.Id, naming.Mid.Value, arrival.SentAt),
            arrival.ReceivedAt,
            MessageId.New(clock));
        scope.Db.Append(message);
        conversation.Add(message, clock.GetUtcNow());
        named.Add(message, conversation);
        var isDeleted = named.Early.Give(scope, message, conversation);
        Tell(scope, isDeleted ? EventTypes.MessageDeleted : EventTypes.MessageEdited, arrival, conversation, message);
    }

    private void Tell(WorkScope<StoreDbContext> scope, string type, Arrival arrival, Conversation conversation, Message message)
    {
        log.Append(scope, type, arrival.Account!, conversation, message, arrival.TraceParent);
        InboundMetrics.Recorded(type);
    }

    private static TextVersion? Read(Arrival arrival)
    {
        var part = arrival.Item.Part;
        if (part.Member("text").Text() is not { Length: > 0 } text) return null;
        int? number = int.TryParse(part.Member("num_edit").Id(), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
        return new TextVersion(number, text, arrival.SentAt);
    }
}
