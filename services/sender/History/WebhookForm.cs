using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Graph;

namespace InstaMessenger.Sender.History;

/// <summary>
/// Writes messages of the Conversations API as a webhook would bring them, so that whoever records them knows one form of a message. What
/// the API does not tell (the payload of a button, a referral) is not there.
/// </summary>
internal static class WebhookForm
{
    /// <summary>Writes the messages of a thread as one webhook.</summary>
    /// <param name="account">The account, by the id that webhooks name it by.</param>
    public static byte[] Of(InstagramAccountId account, PageThread thread)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("object", "instagram");
            json.WriteStartArray("entry");
            json.WriteStartObject();
            json.WriteString("id", account.Value);
            json.WriteStartArray("messaging");
            foreach (var message in thread.Messages) Write(json, account, thread, message);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter json, InstagramAccountId account, PageThread thread, PageMessage message)
    {
        var (own, other) = (account.Value, thread.ContactId.Value);
        json.WriteStartObject();
        Person(json, "sender", message.ByBusiness ? own : other);
        Person(json, "recipient", message.ByBusiness ? other : own);
        json.WriteNumber("timestamp", message.At.ToUnixTimeMilliseconds());
        json.WriteStartObject("message");
        json.WriteString("mid", message.Id.Value);
        if (message.ByBusiness) json.WriteBoolean("is_echo", true);
        if (GraphJson.Text(message.Json, "message") is { Length: > 0 } text) json.WriteString("text", text);
        var attachments = Attachments(message.Json).ToList();
        if (attachments.Count > 0)
        {
            json.WriteStartArray("attachments");
            foreach (var (type, url) in attachments) Attachment(json, type, url);
            json.WriteEndArray();
        }

        ReplyTo(json, message.Json);
        if (GraphJson.Member(message.Json, "is_unsupported") is { ValueKind: JsonValueKind.True })
            json.WriteBoolean("is_unsupported", true);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Person(Utf8JsonWriter json, string name, string id)
    {
        json.WriteStartObject(name);
        json.WriteString("id", id);
        json.WriteEndObject();
    }

    private static void Attachment(Utf8JsonWriter json, string type, string url)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteStartObject("payload");
        json.WriteString("url", url);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void ReplyTo(Utf8JsonWriter json, JsonElement message)
    {
        var answered = GraphJson.Member(message, "reply_to");
        var mid = GraphJson.Text(answered, "mid") ?? GraphJson.Text(answered, "id");
        var story = GraphJson.Member(GraphJson.Member(message, "story"), "reply_to");
        if (mid is null && story is null) return;
        json.WriteStartObject("reply_to");
        if (mid is not null) json.WriteString("mid", mid);
        if (story is not null)
        {
            json.WriteStartObject("story");
            if (GraphJson.Text(story, "id") is { } id) json.WriteString("id", id);
            if (GraphJson.Text(story, "link") is { } link) json.WriteString("url", link);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>Finds what is attached: files by the member that has their address, shares and story mentions beside them.</summary>
    private static IEnumerable<(string Type, string Url)> Attachments(JsonElement message)
    {
        foreach (var item in GraphJson.List(GraphJson.Member(message, "attachments"), "data"))
        {
            if (GraphJson.Text(GraphJson.Member(item, "image_data"), "url") is { } image) yield return ("image", image);
            else if (GraphJson.Text(GraphJson.Member(item, "video_data"), "url") is { } video) yield return ("video", video);
            else if (GraphJson.Text(item, "file_url") is { } file) yield return (IsAudio(item) ? "audio" : "file", file);
        }

        foreach (var share in GraphJson.List(GraphJson.Member(message, "shares"), "data"))
        {
            if (GraphJson.Text(share, "link") is { } link) yield return ("share", link);
        }

        if (GraphJson.Text(GraphJson.Member(GraphJson.Member(message, "story"), "mention"), "link") is { } story)
            yield return ("story_mention", story);
    }

    private static bool IsAudio(JsonElement file) =>
        GraphJson.Text(file, "mime_type")?.StartsWith("audio/", StringComparison.Ordinal) == true
        || GraphJson.Text(file, "name")?.StartsWith("audio", StringComparison.OrdinalIgnoreCase) == true;
}
