using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>Reads what a message says. It never fails: what cannot be shown becomes an unsupported message with its raw JSON.</summary>
internal static class ReceivedContent
{
    /// <summary>Only so many can have an id. A longer list is kept in the raw JSON.</summary>
    private const int MostAttachments = 1000;

    public static InstagramMessageId? Mid(JsonElement message) =>
        InstagramMessageId.TryParse(message.Member("mid").Id(), out var mid) ? mid : null;

    public static MessageContent Read(WebhookItem item, JsonElement message)
    {
        var text = message.Member("text").Text();
        var attachments = message.Member("attachments").Items().Select(MediaOf).ToList();
        var media = attachments.OfType<RemoteMedia>().Take(MostAttachments).ToList();
        var content = media.Count > 0 ? MessageContent.OfMedia(media, text)
            : ThingOf(message) is { } thing ? MessageContent.OfThing(thing, text, item.Element.GetRawText())
            : string.IsNullOrEmpty(text) ? MessageContent.OfRaw(item.Element.GetRawText())
            : MessageContent.OfText(text);
        return content with
        {
            Raw = media.Count == attachments.Count && IsShown(item, message) ? content.Raw : item.Element.GetRawText(),
            ReplyTo = ReplyTo(message),
        };
    }

    /// <summary>What a message is by its first attachment, when that is no media.</summary>
    private static MessageKind? ThingOf(JsonElement message) =>
        message.Member("attachments").Items().Select(attachment => attachment.Member("type").Text()).FirstOrDefault() switch
        {
            "like_heart" => MessageKind.LikeHeart,
            "template" => MessageKind.Template,
            "share" or "ig_post" or "media_share" or "MEDIA_SHARE" => MessageKind.Share,
            _ => null,
        };

    private static InstagramMessageId? ReplyTo(JsonElement message) =>
        InstagramMessageId.TryParse(message.Member("reply_to").Member("mid").Id(), out var mid) ? mid : null;

    /// <summary>Whether our message shows all that the item holds. One that does not keeps its raw JSON beside.</summary>
    private static bool IsShown(WebhookItem item, JsonElement message) =>
        (!item.IsWrapped || HasOnly(item.Element, "field", "value", "id", "time"))
        && HasOnly(item.Event, "sender", "recipient", "timestamp", "message")
        && HasOnly(item.Event.Member("sender"), "id")
        && HasOnly(item.Event.Member("recipient"), "id")
        && HasOnly(message, "mid", "text", "attachments", "is_echo", "reply_to")
        && (message.Member("mid") is null || Mid(message) is not null)
        && (message.Member("text") is not { } text || text.ValueKind == JsonValueKind.String)
        && (message.Member("reply_to") is not { } reply || (HasOnly(reply, "mid") && ReplyTo(message) is not null))
        && message.Member("attachments").Items()
            .All(attachment => HasOnly(attachment, "type", "payload") && HasOnly(attachment.Member("payload"), "url"));

    private static bool HasOnly(JsonElement? element, params ReadOnlySpan<string> names)
    {
        if (element is not { } value) return true;
        if (value.ValueKind != JsonValueKind.Object) return false;
        foreach (var member in value.EnumerateObject())
        {
            var known = false;
            foreach (var name in names) known |= member.NameEquals(name);
            if (!known) return false;
        }

        return true;
    }

    private static RemoteMedia? MediaOf(JsonElement attachment)
    {
        var url = attachment.Member("payload").Member("url").Text();
        return attachment.Member("type").Text() is { } type && MediaTypes.All.Contains(type)
            && Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "https" or "http"
            ? new RemoteMedia(type, url!)
            : null;
    }
}
