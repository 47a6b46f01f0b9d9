using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Events;

/// <summary>
/// All that the log knows of messages: which of its events an event empties, by saying that a message was taken back. Whoever has passed
/// events on or still holds them learns it here, and compares ids of events alone.
/// </summary>
internal static class TakenBack
{
    /// <summary><c>what</c> of an event that tells of an unsend which could not be placed.</summary>
    public const string Unsend = "message_deleted";

    /// <summary>
    /// Finds the events that showed the messages which these events say were taken back, or answers to them. Messages that are in no
    /// thread, because nothing that came says between whom they are, are told as they came, in events that show
    /// <see cref="MessageId.Unplaced"/>: so an unsend finds what they said.
    /// </summary>
    /// <returns>By the sequence of the event that says so, which may itself be among them.</returns>
    public static async Task<ILookup<long, EventId>> EventsAsync(
        StoreDbContext db, IReadOnlyCollection<EventRow> rows, CancellationToken cancellationToken)
    {
        var deleted = rows.Where(row => row is { Type: EventTypes.MessageDeleted, MessageId: not null }).ToList();
        var shown = await ShownMessages.OfAsync(db, deleted.ConvertAll(row => row.MessageId!.Value), cancellationToken);
        var showing = deleted.SelectMany(row => shown[row.MessageId!.Value].Select(id => (row.Sequence, Message: (MessageId?)id)))
            .Concat(rows.Select(row => (row.Sequence, Message: UnplacedOf(row))).Where(pair => pair.Message is not null))
            .ToLookup(pair => pair.Message, pair => pair.Sequence);
        var messages = showing.Select(sequences => sequences.Key).ToList();
        var events = messages.Count == 0
            ? []
            // One whose id cannot be read was passed on to nobody, and must not stop the streams of all.
            : await db.ReadableAsync(
                db.Events.Where(row => messages.Contains(row.MessageId)).OrderBy(row => row.Sequence)
                    .Select(row => new { row.Sequence, row.MessageId, row.Id }),
                cancellationToken);
        return events.SelectMany(row => showing[row.MessageId].Select(sequence => (sequence, row.Id)))
            .ToLookup(pair => pair.sequence, pair => pair.Id);
    }

    /// <summary>Returns the message that an event says was taken back, by the id that it has as one in no thread; null for none.</summary>
    private static MessageId? UnplacedOf(EventRow row) => row switch
    {
        { Type: EventTypes.MessageDeleted } =>
            InstagramMessageId.TryParse(Read(row.Body, "message", "instagram_message_id"), out var mid)
                ? MessageId.Unplaced(row.AccountId, mid)
                : null,
        { Type: EventTypes.Unsupported, MessageId: { } message } => Read(row.Body, "what") == Unsend ? message : null,
        _ => null,
    };

    /// <summary>Reads a text of an event's data; null for anything else.</summary>
    private static string? Read(byte[] body, params ReadOnlySpan<string> path)
    {
        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 1024 });
            var value = json.RootElement.GetProperty("data");
            foreach (var name in path) value = value.GetProperty(name);
            return value.GetString();
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
