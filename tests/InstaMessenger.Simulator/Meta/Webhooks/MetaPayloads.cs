using System.Text.Json.Nodes;

namespace InstaMessenger.Simulator.Meta.Webhooks;

/// <summary>
/// Builds what Meta posts. A builder of this file gives one messaging item; <see cref="Envelope(string, DateTimeOffset, JsonObject[])"/>
/// and its siblings put items into a body; <see cref="Bytes"/> writes the body as Meta does.
/// <c>account</c> is the professional account id, <c>customer</c> the IGSID, <c>at</c> becomes 13-digit milliseconds.
/// </summary>
public static partial class MetaPayloads
{
    /// <summary>A text from the customer.</summary>
    public static JsonObject Text(string account, string customer, string mid, string text, DateTimeOffset at) =>
        Message(account, customer, at, new() { ["mid"] = mid, ["text"] = text });

    /// <summary>A text that answers another message.</summary>
    public static JsonObject Reply(string account, string customer, string mid, string text, string repliesTo, DateTimeOffset at) =>
        Message(account, customer, at, new() { ["mid"] = mid, ["text"] = text, ["reply_to"] = new JsonObject { ["mid"] = repliesTo } });

    /// <summary>A text that answers a story of ours.</summary>
    public static JsonObject StoryReply(
        string account, string customer, string mid, string text, string storyId, string storyUrl, DateTimeOffset at) =>
        Message(account, customer, at, new()
        {
            ["mid"] = mid,
            ["text"] = text,
            ["reply_to"] = new JsonObject { ["story"] = new JsonObject { ["id"] = storyId, ["url"] = storyUrl } },
        });

    /// <summary>The customer mentioned us in a story.</summary>
    public static JsonObject StoryMention(string account, string customer, string mid, string url, DateTimeOffset at) =>
        Attachment(account, customer, mid, "story_mention", url, at);

    /// <summary>A tapped quick reply.</summary>
    public static JsonObject QuickReply(string account, string customer, string mid, string title, string payload, DateTimeOffset at) =>
        Message(account, customer, at, new()
        {
            ["mid"] = mid,
            ["text"] = title,
            ["quick_reply"] = new JsonObject { ["payload"] = payload },
        });

    /// <summary>One attachment; the types <c>ephemeral</c> and <c>like_heart</c> have no URL.</summary>
    public static JsonObject Attachment(string account, string customer, string mid, string type, string? url, DateTimeOffset at) =>
        Attachments(account, customer, mid, at, AttachmentPart(type, url));

    /// <summary>Several attachments in one message: an album.</summary>
    public static JsonObject Attachments(
        string account, string customer, string mid, DateTimeOffset at, params JsonObject[] parts) =>
        Message(account, customer, at, new() { ["mid"] = mid, ["attachments"] = new JsonArray([.. parts]) });

    /// <summary>A member of <c>attachments</c>; without a URL it has no payload at all.</summary>
    public static JsonObject AttachmentPart(string type, string? url) =>
        url is null
            ? new() { ["type"] = type }
            : new() { ["type"] = type, ["payload"] = new JsonObject { ["url"] = url } };

    /// <summary>A shared post (<c>ig_post</c>) or reel (<c>ig_reel</c>).</summary>
    public static JsonObject Share(
        string account, string customer, string mid, string type, string mediaId, string title, string url, DateTimeOffset at) =>
        Attachments(account, customer, mid, at, new JsonObject
        {
            ["type"] = type,
            ["payload"] = new JsonObject
            {
                [type == "ig_reel" ? "reel_video_id" : "ig_post_media_id"] = mediaId,
                ["title"] = title,
                ["url"] = url,
            },
        });

    /// <summary>A message that Meta will not describe.</summary>
    public static JsonObject Unsupported(string account, string customer, string mid, DateTimeOffset at) =>
        Message(account, customer, at, new() { ["mid"] = mid, ["is_unsupported"] = true });

    /// <summary>The customer took a message back: only its id is left.</summary>
    public static JsonObject Unsend(string account, string customer, string mid, DateTimeOffset at) =>
        Message(account, customer, at, new() { ["mid"] = mid, ["is_deleted"] = true });

    /// <summary>The first message of a conversation that an advertisement opened.</summary>
    public static JsonObject FromAdvertisement(
        string account, string customer, string mid, string text, string adId, string adTitle, DateTimeOffset at) =>
        Message(account, customer, at, new()
        {
            ["mid"] = mid,
            ["text"] = text,
            ["referral"] = new JsonObject
            {
                ["ref"] = "ad",
                ["ad_id"] = adId,
                ["source"] = "ADS",
                ["type"] = "OPEN_THREAD",
                ["ads_context_data"] = new JsonObject { ["ad_title"] = adTitle },
            },
        });

    /// <summary>What the business sent, by API or in the app: sender and recipient are swapped.</summary>
    public static JsonObject Echo(string account, string customer, string mid, string text, DateTimeOffset at) =>
        EchoOf(account, customer, at, new() { ["mid"] = mid, ["is_echo"] = true, ["text"] = text });

    /// <summary>An attachment that the business sent.</summary>
    public static JsonObject EchoAttachment(string account, string customer, string mid, string type, string? url, DateTimeOffset at) =>
        EchoOf(account, customer, at, new()
        {
            ["mid"] = mid,
            ["is_echo"] = true,
            ["attachments"] = new JsonArray(AttachmentPart(type, url)),
        });

    /// <summary>Attachments that the business sent in one message.</summary>
    public static JsonObject EchoAttachments(
        string account, string customer, string mid, DateTimeOffset at, params JsonObject[] parts) => EchoOf(account, customer, at, new()
        {
            ["mid"] = mid,
            ["is_echo"] = true,
            ["attachments"] = new JsonArray([.. parts]),
        });

    /// <summary>The business took a message of its own back, in the app.</summary>
    public static JsonObject EchoUnsend(string account, string customer, string mid, DateTimeOffset at) =>
        EchoOf(account, customer, at, new() { ["mid"] = mid, ["is_echo"] = true, ["is_deleted"] = true });

    /// <summary>The account messages itself (Meta's test feature).</summary>
    public static JsonObject SelfMessage(string account, string ownIgsid, string mid, string text, DateTimeOffset at) =>
        EchoOf(account, ownIgsid, at, new() { ["mid"] = mid, ["is_echo"] = true, ["is_self"] = true, ["text"] = text });

    /// <summary>Any <c>message</c> from the customer.</summary>
    public static JsonObject Message(string account, string customer, DateTimeOffset at, JsonObject message) =>
        Item(customer, account, at, "message", message);

    private static JsonObject EchoOf(string account, string customer, DateTimeOffset at, JsonObject message) =>
        Item(account, customer, at, "message", message);
}
