using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>Reads what a message says. Total: what cannot be shown becomes an unsupported message with its raw JSON.</summary>
internal static class ReceivedContent
{
    /// <summary>What a message of ours shows; a message with more keeps its raw JSON beside.</summary>
    private static readonly string[] Shown = ["mid", "text", "attachments", "is_echo", "is_self", "reply_to", "app_id", "seq"];

    private static readonly string[] MediaTypes = ["image", "video", "audio", "file"];

    public static MessageContent Read(JsonElement message)
    {
        var text = message.Member("text").Text();
        var attachments = message.Member("attachments").Items().Select(MediaOf).ToList();
        var media = attachments.OfType<RemoteMedia>().ToList();
        var content = media.Count > 0 ? MessageContent.OfMedia(media, text)
            : string.IsNullOrEmpty(text) ? MessageContent.OfRaw(message.GetRawText())
            : MessageContent.OfText(text);
        var showsAll = media.Count == attachments.Count && !message.Member("reply_to").Member("story").HasValue && message.EnumerateObject().All(IsShown);
        return content with
        {
            Raw = showsAll ? content.Raw : message.GetRawText(),
            ReplyTo = InstagramMessageId.TryParse(message.Member("reply_to").Member("mid").Text(), out var mid) ? mid : null,
        };
    }

    private static bool IsShown(JsonProperty property) => Array.Exists(Shown, property.NameEquals);

    private static RemoteMedia? MediaOf(JsonElement attachment)
    {
        var url = attachment.Member("payload").Member("url").Text();
        return attachment.Member("type").Text() is { } type && MediaTypes.Contains(type) && Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "https" or "http"
            ? new RemoteMedia(type, url!)
            : null;
    }
}
