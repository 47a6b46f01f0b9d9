using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace InstaMessenger.Contracts.Events;

/// <summary>Takes the content of a message out of events that show it. The event keeps its id, type, time and place in the log.</summary>
public static class EventBody
{
    private const string Message = "message";
    private const string Conversation = "conversation";
    private const string LastMessage = "last_message";
    private const string ReplyTo = "reply_to";
    private const string Raw = "raw";
    private const string InstagramMessageId = "instagram_message_id";

    /// <summary>As deep as an event may be.</summary>
    private const int MostDepth = 1024;

    /// <summary>What says who and when, not what was said. Anything else beside the message came from what it said.</summary>
    private static readonly string[] Kept = [Message, Conversation, "contact", "origin", "replaces"];

    /// <summary>
    /// Writes an event anew, with the message as it is now that it was taken back. Of an answer to it the event loses
    /// what it quotes, of one that could only be told as it came its JSON. Of an event that cannot be read nothing is left: nobody knows
    /// what of it is the message's.
    /// </summary>
    /// <param name="body">The event: UTF-8 JSON.</param>
    /// <param name="erased">
    /// The message as clients see it now: UTF-8 JSON with its <c>id</c>, or <c>instagram_message_id</c> alone for one that is in no thread.
    /// </param>
    /// <returns>The event without what the message said; the same bytes when it shows another message.</returns>
    public static byte[] WithoutMessage(byte[] body, ReadOnlySpan<byte> erased)
    {
        ArgumentNullException.ThrowIfNull(body);
        var message = JsonNode.Parse(erased, documentOptions: new JsonDocumentOptions { MaxDepth = MostDepth })!;
        JsonObject root;
        try
        {
            root = (JsonNode.Parse(body, documentOptions: new JsonDocumentOptions { MaxDepth = MostDepth }) as JsonObject)!;
            if (root is null) return [];
            if (root["data"] is not JsonObject data) return body;
            if (!Replace(data, message)) return body;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            return [];
        }

        return Write(root);
    }

    private static bool Replace(JsonObject data, JsonNode message)
    {
        if (Shows(data[Message], message))
        {
            data[Message] = message.DeepClone();
            foreach (var name in data.Select(member => member.Key).Except(Kept).ToList()) data[name] = null;
            return true;
        }

        if (data.ContainsKey(Raw) && message[InstagramMessageId] is { } mid
            && data[InstagramMessageId]?.ToJsonString() == mid.ToJsonString())
        {
            data[Raw] = null;
            return true;
        }

        if (Unquote(data[Message], message)) return true;
        if (data[Conversation] is not JsonObject conversation) return false;
        if (!Shows(conversation[LastMessage], message)) return Unquote(conversation[LastMessage], message);
        conversation[LastMessage] = message.DeepClone();
        return true;
    }

    private static bool Unquote(JsonNode? answer, JsonNode message)
    {
        if (answer is not JsonObject || answer[ReplyTo] is not JsonObject quoted) return false;
        if (quoted["message_id"]?.ToJsonString() != message["id"]?.ToJsonString()) return false;
        (quoted["kind"], quoted["excerpt"]) = (message["kind"]?.DeepClone(), null);
        return true;
    }

    private static bool Shows(JsonNode? shown, JsonNode message) =>
        shown is JsonObject && shown["id"]?.ToJsonString() == message["id"]?.ToJsonString();

    private static byte[] Write(JsonObject root)
    {
        using var stream = new MemoryStream();
        // As events are written: on one line, with umlauts as themselves.
        using (var json = new Utf8JsonWriter(
            stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MostDepth }))
            root.WriteTo(json);
        return stream.ToArray();
    }
}
