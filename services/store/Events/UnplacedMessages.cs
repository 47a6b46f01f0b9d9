using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Events;

/// <summary>
/// Messages that are in no thread, because nothing that came says between whom they are. They are told as they came, in events that show
/// <see cref="MessageId.Unplaced"/>: so an unsend finds what they said.
/// </summary>
internal static class UnplacedMessages
{
    /// <summary><c>what</c> of an event that tells of an unsend which could not be placed.</summary>
    public const string Unsend = "message_deleted";

    /// <summary>Returns the message that an event says was taken back, by the id that it has as one in no thread; null for none.</summary>
    public static MessageId? TakenBackBy(EventRow row) => row switch
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
