using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Inbound;

/// <summary>Says what one event of a webhook is.</summary>
internal static class EventTranslator
{
    private static readonly string[] Others =
        ["reaction", "read", "postback", "referral", "optin", "message_edit", "pass_thread_control", "take_thread_control", "request_thread_control", "app_roles", "policy_enforcement", "response_feedback", "delivery"];

    /// <summary>What a message of ours shows; a message with more keeps its raw JSON beside.</summary>
    private static readonly string[] Shown = ["mid", "text", "attachments", "is_echo", "is_self", "reply_to", "app_id", "seq"];

    public static InboundItem Translate(WebhookPlace place, JsonElement element, string? field)
    {
        var sentAt = element.Member("timestamp").Time();
        var message = element.Member("message");
        var isEcho = message.Member("is_echo").IsTrue();
        var (sender, recipient) = (element.Member("sender").Member("id").Id(), element.Member("recipient").Member("id").Id());
        var (business, customer) = isEcho ? (sender, recipient) : (recipient, sender);
        InstagramUserId? contact = InstagramUserId.TryParse(customer, out var known) ? known : null;

        var isMessage = message is { ValueKind: JsonValueKind.Object } && !message.Member("is_deleted").IsTrue();
        if (isMessage && contact is { } from && InstagramMessageId.TryParse(message.Member("mid").Text(), out var mid))
            return new InboundMessage(place, business, sentAt, from, mid, isEcho, ContentOf(message!.Value));

        return new InboundOther(place, business, sentAt, contact, NameOf(element, message, field));
    }

    private static MessageContent ContentOf(JsonElement message)
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
        return attachment.Member("type").Text() is { } type && MediaTypes.All.Contains(type) && Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "https" or "http"
            ? new RemoteMedia(type, url!)
            : null;
    }

    private static string NameOf(JsonElement element, JsonElement? message, string? field)
    {
        if (message.Member("is_deleted").IsTrue()) return "message_deleted";
        if (message is not null) return "message";
        return Array.Find(Others, name => element.Member(name) is not null) ?? (field is { Length: > 0 and <= 40 } ? field : "unknown");
    }
}
