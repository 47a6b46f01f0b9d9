using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>
/// Reads what a message says. It never fails: what cannot be shown becomes an unsupported message with its raw JSON, and whatever of an
/// item no field shows is kept as its raw JSON too.
/// </summary>
internal static class ReceivedContent
{
    public static InstagramMessageId? Mid(JsonElement? message) =>
        InstagramMessageId.TryParse(message.Member("mid").Id(), out var mid) ? mid : null;

    public static MessageContent? Read(WebhookItem item, JsonElement message)
    {
        var text = message.Member("text").Text() is { Length: > 0 } words ? words : null;
        var attached = ReceivedAttachments.Read(message);
        var story = ReceivedStory(message);
        var details = DetailsOf(item, message) with
        {
            Story = story ?? attached.Story,
            Share = attached.Share,
            Template = attached.Template,
        };
        var kind = story is not null && (text is not null || attached.Kind is not null) ? MessageKind.StoryReply
            : attached.Kind ?? (text is null ? MessageKind.Unsupported : MessageKind.Text);
        var shows = kind != MessageKind.Unsupported && attached.ShowsAll && IsShown(item, message);
        return MessageContent.OfReceived(
            kind, text, attached.Media, details == MessageDetails.None ? null : details, shows ? null : item.Element.GetRawText()) with
        {
            ReplyTo = ReplyTo(message),
        };
    }

    /// <summary>Reads what items of every kind may have.</summary>
    public static MessageDetails DetailsOf(WebhookItem item, JsonElement message) => new()
    {
        QuickReply = message.Member("quick_reply").Member("payload").Text(),
        // Meta's documents have it in the message, and old ones beside it.
        Referral = ReceivedReferral.Read(message.Member("referral") ?? item.Event.Member("referral")),
        AppId = message.Member("app_id").Id() ?? item.Event.Member("app_id").Id(),
        Standby = item.Container == "standby",
        Self = message.Member("is_self").IsTrue() || item.Event.Member("is_self").IsTrue(),
    };

    /// <summary>Whether nothing stands beside the part of an item but what every kind shows.</summary>
    public static bool ShowsAllBeside(WebhookItem item, string part) =>
        (!item.IsWrapped || item.Element.HasOnly("field", "value", "id", "time"))
        && item.Event.HasOnly("sender", "recipient", "timestamp", part, "referral", "app_id", "is_self")
        && item.Event.Member("sender").HasOnly("id")
        && item.Event.Member("recipient").HasOnly("id");

    private static Story? ReceivedStory(JsonElement message) =>
        message.Member("reply_to").Member("story") is { ValueKind: JsonValueKind.Object } story
            ? new Story(story.Member("id").Id(), Addresses.Of(story.Member("url")))
            : null;

    private static InstagramMessageId? ReplyTo(JsonElement message) =>
        InstagramMessageId.TryParse(message.Member("reply_to").Member("mid").Id(), out var mid) ? mid : null;

    /// <summary>Whether our message shows all that the item holds, attachments left aside.</summary>
    private static bool IsShown(WebhookItem item, JsonElement message) =>
        ShowsAllBeside(item, "message")
        && message.HasOnly(
            "mid", "text", "attachments", "is_echo", "is_self", "reply_to", "quick_reply", "referral", "app_id")
        && (message.Member("mid") is null || Mid(message) is not null)
        && (message.Member("text") is not { } text || text.ValueKind == JsonValueKind.String)
        && (message.Member("quick_reply") is not { } reply
            || (reply.HasOnly("payload") && reply.Member("payload") is { ValueKind: JsonValueKind.String }))
        && IsShown(message.Member("reply_to"), message)
        && (message.Member("referral") is null || item.Event.Member("referral") is null)
        && ReceivedReferral.ShowsAll(message.Member("referral") ?? item.Event.Member("referral"));

    private static bool IsShown(JsonElement? replyTo, JsonElement message) => replyTo is not { } reply
        || (reply.HasOnly("mid", "story")
            && (reply.Member("mid") is null || ReplyTo(message) is not null)
            && (reply.Member("mid") ?? reply.Member("story")) is not null
            && (reply.Member("story") is not { } story
                || (story.HasOnly("id", "url") && (story.Member("url") is null || Addresses.Of(story.Member("url")) is not null))));
}
