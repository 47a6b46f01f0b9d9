using System.Text.Json;
using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Store.Outbound;

/// <summary>
/// The body of <c>POST /api/v1/messages/send</c> as the OpenAPI document shows it. <see cref="SendRequest"/> reads it, member by member, so
/// that each refusal names its member; a test holds the two against each other.
/// </summary>
/// <param name="AccountId">The account that sends.</param>
/// <param name="RecipientId">The contact, by the Instagram-scoped id; or <c>comment_id</c>.</param>
/// <param name="CommentId">The comment that is answered in private: once, and within 7 days.</param>
/// <param name="Message">A text of at most 1,000 bytes in UTF-8, more with <c>split</c>.</param>
/// <param name="Split">Whether a longer text goes out in parts; false by default.</param>
/// <param name="AttachmentUrl">A file at an address of its own, that Meta fetches.</param>
/// <param name="AttachmentId">A file of <c>POST /api/v1/media</c>.</param>
/// <param name="AttachmentType"><c>image</c>, <c>video</c>, <c>audio</c> or <c>file</c>, where the extension does not tell.</param>
/// <param name="Attachments">Up to 10 images in one message.</param>
/// <param name="Sticker"><c>like_heart</c>.</param>
/// <param name="ShareMediaId">An own post.</param>
/// <param name="QuickReplies">Up to 13, below the text.</param>
/// <param name="Template">Cards, or a text with buttons.</param>
/// <param name="ReplyToMessageId">The message of the thread that is answered.</param>
/// <param name="ScheduleAt">When it is sent, within 30 days (UTC); null for now.</param>
/// <param name="Metadata">An object of your own of at most 4 KiB, given back with the message.</param>
/// <param name="SentBy"><c>human</c> or <c>automation</c>.</param>
/// <param name="IdempotencyKey">The same as the header <c>Idempotency-Key</c>, which wins.</param>
internal sealed record SendForm(
    AccountId AccountId,
    InstagramUserId? RecipientId = null,
    string? CommentId = null,
    string? Message = null,
    bool? Split = null,
    string? AttachmentUrl = null,
    UploadId? AttachmentId = null,
    string? AttachmentType = null,
    IReadOnlyList<SendFormImage?>? Attachments = null,
    string? Sticker = null,
    string? ShareMediaId = null,
    IReadOnlyList<SendFormReply?>? QuickReplies = null,
    SendFormTemplate? Template = null,
    MessageId? ReplyToMessageId = null,
    DateTimeOffset? ScheduleAt = null,
    JsonElement? Metadata = null,
    string? SentBy = null,
    string? IdempotencyKey = null);

/// <summary>One image of several.</summary>
/// <param name="Url">Where Meta fetches it; or <c>attachment_id</c>.</param>
/// <param name="AttachmentId">A file of <c>POST /api/v1/media</c>.</param>
internal sealed record SendFormImage(string? Url = null, UploadId? AttachmentId = null);

/// <summary>A quick reply.</summary>
/// <param name="Title">What the customer taps, at most 20 characters.</param>
/// <param name="Payload">What you are told then, at most 1,000 characters.</param>
internal sealed record SendFormReply(string Title, string Payload);

/// <summary>A template.</summary>
/// <param name="Type"><c>generic</c>, with <c>elements</c>; or <c>button</c>, with <c>text</c> and <c>buttons</c>.</param>
/// <param name="Elements">Up to 10 cards.</param>
/// <param name="Text">The text above the buttons.</param>
/// <param name="Buttons">Up to 3.</param>
internal sealed record SendFormTemplate(
    string Type,
    IReadOnlyList<SendFormElement?>? Elements = null,
    string? Text = null,
    IReadOnlyList<SendFormButton?>? Buttons = null);

/// <summary>A card.</summary>
/// <param name="Title">At most 80 characters.</param>
/// <param name="Subtitle">At most 80 characters.</param>
/// <param name="ImageUrl">Where Meta fetches its picture.</param>
/// <param name="DefaultUrl">What opens when it is tapped.</param>
/// <param name="Buttons">Up to 3.</param>
internal sealed record SendFormElement(
    string Title,
    string? Subtitle = null,
    string? ImageUrl = null,
    string? DefaultUrl = null,
    IReadOnlyList<SendFormButton?>? Buttons = null);

/// <summary>A button.</summary>
/// <param name="Type"><c>url</c> or <c>postback</c>.</param>
/// <param name="Title">At most 80 characters.</param>
/// <param name="Url">What opens.</param>
/// <param name="Payload">What you are told, at most 1,000 characters.</param>
internal sealed record SendFormButton(string Type, string Title, string? Url = null, string? Payload = null);
