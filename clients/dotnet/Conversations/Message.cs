using System.Text.Json;

namespace InstaMessenger.Client;

/// <summary>
/// A message of a thread. Its words (<c>kind</c>, <c>status</c>) may be younger than this package: expect one that you do not know.
/// </summary>
/// <param name="Id"><c>msg_…</c></param>
/// <param name="InstagramMessageId">Meta's id; null while Instagram does not have it.</param>
/// <param name="ConversationId">Its thread.</param>
/// <param name="Direction"><c>inbound</c> (the customer wrote it) or <c>outbound</c>.</param>
/// <param name="Kind">
/// <c>text</c>, <c>image</c>, <c>video</c>, <c>audio</c>, <c>file</c>, <c>sticker</c>, <c>like_heart</c>, <c>story_mention</c>,
/// <c>story_reply</c>, <c>share</c>, <c>reel</c>, <c>postback</c>, <c>template</c>, <c>referral</c>, <c>ephemeral</c>, <c>deleted</c> or
/// <c>unsupported</c>.
/// </param>
/// <param name="Text">What it says; null when it has no text.</param>
/// <param name="Raw">Meta's item, when that holds more than the other members.</param>
/// <param name="Attachments">Pictures, videos, recordings and files.</param>
/// <param name="Story">The story that it answers or is about.</param>
/// <param name="Share">What was shared.</param>
/// <param name="Postback">What was tapped.</param>
/// <param name="QuickReply">The quick reply that was tapped.</param>
/// <param name="Referral">What brought the customer here.</param>
/// <param name="Template">Meta's JSON of a template.</param>
/// <param name="Reactions">Of each side at most one.</param>
/// <param name="ReplyTo">The message that it answers.</param>
/// <param name="Edits">What it said before each edit.</param>
/// <param name="Status">
/// Of an outbound one: <c>scheduled</c>, <c>pending</c>, <c>sending</c>, <c>sent</c>, <c>read</c>, <c>failed</c>, <c>unknown</c> or
/// <c>cancelled</c>.
/// </param>
/// <param name="Origin">Where an outbound one was written: <c>api</c>, <c>ui</c>, <c>automation</c> or <c>instagram</c>.</param>
/// <param name="SentBy">Who wrote an outbound one, when that is known.</param>
/// <param name="Standby">Whether another app owns the thread, so that the product only looks on.</param>
/// <param name="Self">Whether the account wrote to itself.</param>
/// <param name="Error">Why it is not sent (yet).</param>
/// <param name="Metadata">What its sender gave along.</param>
/// <param name="History">Whether it was imported: it is older than the account's link.</param>
/// <param name="ScheduleAt">When it is to be sent (UTC); null for at once.</param>
/// <param name="SentAt">Meta's time (UTC).</param>
/// <param name="ReceivedAt">When the product had it (UTC).</param>
/// <param name="ReadAt">When it was read (UTC).</param>
/// <param name="EditedAt">When it was changed last (UTC).</param>
/// <param name="DeletedAt">When it was taken back (UTC).</param>
public sealed record Message(
    string Id,
    string? InstagramMessageId,
    string AccountId,
    string ConversationId,
    string Direction,
    string Kind,
    string? Text,
    JsonElement? Raw,
    IReadOnlyList<Attachment> Attachments,
    Story? Story,
    Share? Share,
    Postback? Postback,
    QuickReplyTap? QuickReply,
    Referral? Referral,
    JsonElement? Template,
    IReadOnlyList<Reaction> Reactions,
    ReplyTo? ReplyTo,
    IReadOnlyList<Edit> Edits,
    string? Status,
    string? Origin,
    SentBy? SentBy,
    bool Standby,
    bool Self,
    SendError? Error,
    JsonElement? Metadata,
    bool History,
    DateTimeOffset? ScheduleAt,
    DateTimeOffset SentAt,
    DateTimeOffset ReceivedAt,
    DateTimeOffset? ReadAt,
    DateTimeOffset? EditedAt,
    DateTimeOffset? DeletedAt);

/// <summary>An attachment.</summary>
/// <param name="Id"><c>att_…</c></param>
/// <param name="MediaType"><c>image</c>, <c>video</c>, <c>audio</c> or <c>file</c>.</param>
/// <param name="Url">A path of the product, for who may see the message; Meta's own address for an account in mode <c>link</c>.</param>
/// <param name="MimeType">What its bytes are; null while nobody has looked.</param>
/// <param name="SizeBytes">How many; null while nobody has looked.</param>
/// <param name="Width">Pixels of a picture.</param>
/// <param name="Height">Pixels of a picture.</param>
/// <param name="State"><c>remote</c>, <c>fetching</c>, <c>kept</c>, <c>failed</c>, <c>expired</c> or <c>purged</c>.</param>
public sealed record Attachment(
    string Id, string MediaType, string Url, string? MimeType, long? SizeBytes, int? Width, int? Height, string State);

/// <summary>A story.</summary>
/// <param name="Id">Meta's id.</param>
/// <param name="Url">Meta's address; it ends with the story.</param>
/// <param name="ExpiresAt">When the story is over at the latest (UTC).</param>
public sealed record Story(string? Id, string? Url, DateTimeOffset ExpiresAt);

/// <summary>Something that was shared.</summary>
/// <param name="Type"><c>post</c>, <c>reel</c>, <c>story</c>, <c>product</c> or <c>link</c>.</param>
/// <param name="Id">Meta's id.</param>
/// <param name="Title">Its title or caption.</param>
/// <param name="Url">Its address, or Meta's of its media.</param>
public sealed record Share(string Type, string? Id, string? Title, string? Url);

/// <summary>A button, ice breaker or menu item that was tapped.</summary>
/// <param name="Title">What stood on it.</param>
/// <param name="Payload">What its maker gave along.</param>
public sealed record Postback(string? Title, string? Payload);

/// <summary>The quick reply that was tapped.</summary>
/// <param name="Payload">What its maker gave along.</param>
public sealed record QuickReplyTap(string Payload);

/// <summary>What brought the customer here: a link, an advertisement, a product.</summary>
/// <param name="Ref">The link's <c>ref</c>.</param>
/// <param name="Source">Like <c>ADS</c>.</param>
/// <param name="Type">Meta's word.</param>
/// <param name="AdId">The advertisement.</param>
/// <param name="PhotoUrl">Its picture.</param>
public sealed record Referral(
    string? Ref, string? Source, string? Type, string? AdId, string? AdTitle, string? PhotoUrl, string? VideoUrl, string? ProductId);

/// <summary>A reaction that a message has.</summary>
/// <param name="By"><c>customer</c> or <c>business</c>.</param>
/// <param name="Name">Like <c>love</c>; the JSON calls it <c>reaction</c>.</param>
/// <param name="Emoji">The picture.</param>
/// <param name="At">When (UTC).</param>
public sealed record Reaction(
    string By, [property: System.Text.Json.Serialization.JsonPropertyName("reaction")] string? Name, string? Emoji, DateTimeOffset At);

/// <summary>The message that a message answers.</summary>
/// <param name="MessageId">The message; null while it is not known.</param>
/// <param name="InstagramMessageId">Meta's id of it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Excerpt">How its text begins, at most 100 characters.</param>
public sealed record ReplyTo(string? MessageId, string InstagramMessageId, string? Kind, string? Excerpt);

/// <summary>What a message said before an edit.</summary>
/// <param name="Text">The text; null when nobody saw it.</param>
/// <param name="EditedAt">When it was replaced (UTC).</param>
public sealed record Edit(string? Text, DateTimeOffset EditedAt);

/// <summary>Who wrote a message of the business.</summary>
/// <param name="Type">Like <c>app</c>.</param>
/// <param name="Name">Its name, when it is known.</param>
public sealed record SentBy(string Type, string Id, string? Name);

/// <summary>Why a message is not sent (yet).</summary>
/// <param name="Code">A stable word in snake_case, like <c>window_closed</c>.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Retryable">Whether sending the same again can succeed.</param>
/// <param name="RetryAt">When it is tried again (UTC), when that is known.</param>
public sealed record SendError(string Code, string Message, bool Retryable, DateTimeOffset? RetryAt);
