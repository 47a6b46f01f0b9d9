using InstaMessenger.Contracts.Events;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>What events must not show any more: the message that they show, one that it quotes, or both.</summary>
internal sealed class ErasedMessages(IEnumerable<ErasedEvent> erased)
{
    private readonly ILookup<EventId, byte[]> _messages = erased.ToLookup(row => row.EventId, row => row.Message);

    public IReadOnlyList<EventId> Events => [.. _messages.Select(messages => messages.Key)];

    /// <summary>Finds what was erased of events before they came.</summary>
    public static async Task<ErasedMessages> OfAsync(CrmForwarderDbContext db, IEnumerable<EventId> events)
    {
        var ids = events.ToList();
        return new ErasedMessages(await db.ReadableAsync(
            db.Set<ErasedEvent>().Where(row => ids.Contains(row.EventId)).OrderBy(row => row.EventId).ThenBy(row => row.MessageId)));
    }

    /// <summary>Writes an event anew without them.</summary>
    public byte[] Without(EventId id, byte[] body) =>
        _messages[id].Aggregate(body, (rest, message) => EventBody.WithoutMessage(rest, message));
}
