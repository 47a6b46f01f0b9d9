using System.Text.Json;
using System.Text.Json.Serialization;
using InstaMessenger.Client.Http;

namespace InstaMessenger.Client;

/// <summary>Something that happened: the same in every webhook and in the event log.</summary>
/// <param name="Id"><c>evt_…</c>: recognise repeats by it, because delivery is at least once.</param>
/// <param name="Sequence">Its place in the log; null for <c>webhook.test</c>, which is in no log.</param>
/// <param name="Type">One of <see cref="EventTypes"/>, or one that is younger than this package.</param>
/// <param name="AccountId">The account whose event it is; null for a test of an endpoint of several accounts.</param>
/// <param name="ConversationId">The thread, when it belongs to one.</param>
/// <param name="OccurredAt">When (UTC).</param>
/// <param name="Data">
/// A record for each type, <see cref="UnknownEventData"/> for a younger one; null when the person was erased.
/// </param>
[JsonConverter(typeof(InboxEventConverter))]
public sealed record InboxEvent(
    string Id, long? Sequence, string Type, string? AccountId, string? ConversationId, DateTimeOffset OccurredAt, EventData? Data)
{
    /// <summary>Reads an event.</summary>
    /// <param name="json">UTF-8 JSON: the body of a webhook.</param>
    /// <exception cref="JsonException">It is no event.</exception>
    public static InboxEvent Parse(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<InboxEvent>(json, ClientJson.Options) ?? throw new JsonException("It is null.");
}

/// <summary>Reads events of any type, also of those that nobody knew when this was written.</summary>
internal sealed class InboxEventConverter : JsonConverter<InboxEvent>
{
    public override InboxEvent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var json = JsonElement.ParseValue(ref reader);
        var head = json.Deserialize<Head>(options) ?? throw new JsonException("An event is an object.");
        return new InboxEvent(
            head.Id,
            head.Sequence,
            head.Type,
            head.AccountId,
            head.ConversationId,
            head.OccurredAt,
            head.Data.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : DataOf(head.Type, head.Data, options));
    }

    public override void Write(Utf8JsonWriter writer, InboxEvent value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Events are read, not written.");

    /// <summary>Reads what a type holds. What does not fit this package's idea of the type was written by a younger product.</summary>
    private static EventData DataOf(string type, JsonElement json, JsonSerializerOptions options)
    {
        if (!EventTypes.Records.TryGetValue(type, out var record)) return new UnknownEventData(json);
        try
        {
            return (EventData?)json.Deserialize(record, options) ?? new UnknownEventData(json);
        }
        catch (JsonException)
        {
            return new UnknownEventData(json);
        }
    }

    private sealed record Head(
        [property: JsonRequired] string Id,
        long? Sequence,
        [property: JsonRequired] string Type,
        string? AccountId,
        string? ConversationId,
        DateTimeOffset OccurredAt,
        JsonElement Data);
}
