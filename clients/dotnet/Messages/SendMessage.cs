using System.Text.Json.Nodes;

namespace InstaMessenger.Client;

/// <summary>
/// A message to be sent: one thing, a text, or both (then as two messages, the text last). The product's docs/sending.md has every limit;
/// what is over one is refused with the name of its member.
/// </summary>
public sealed record SendMessage
{
    /// <summary>The account that sends: <c>acc_…</c>.</summary>
    public required string AccountId { get; init; }

    /// <summary>The customer, <see cref="Contact.Id"/>; or <see cref="CommentId"/>.</summary>
    public string? RecipientId { get; init; }

    /// <summary>The comment that is answered in private: once, within 7 days.</summary>
    public string? CommentId { get; init; }

    /// <summary>A text of at most 1,000 bytes in UTF-8; longer with <see cref="Split"/>.</summary>
    public string? Message { get; init; }

    /// <summary>Whether a long text is sent in parts.</summary>
    public bool? Split { get; init; }

    /// <summary>A public https address of a picture, video, recording or PDF.</summary>
    public string? AttachmentUrl { get; init; }

    /// <summary>
    /// What the address leads to, when its extension does not tell: <c>image</c>, <c>video</c>, <c>audio</c> or <c>file</c>.
    /// </summary>
    public string? AttachmentType { get; init; }

    /// <summary>A file of <see cref="IMedia"/>: <c>up_…</c>.</summary>
    public string? AttachmentId { get; init; }

    /// <summary>1 to 10 images in one message.</summary>
    public IReadOnlyList<ImageToSend>? Attachments { get; init; }

    /// <summary><c>like_heart</c></summary>
    public string? Sticker { get; init; }

    /// <summary>A post of the account, by Meta's id.</summary>
    public string? ShareMediaId { get; init; }

    /// <summary>The message that is answered: <c>msg_…</c>.</summary>
    public string? ReplyToMessageId { get; init; }

    /// <summary>1 to 13, below a text.</summary>
    public IReadOnlyList<QuickReply>? QuickReplies { get; init; }

    /// <summary>Cards or a text with buttons, as docs/sending.md shows them.</summary>
    public JsonObject? Template { get; init; }

    /// <summary>When to send it (UTC), within 30 days; null for at once.</summary>
    public DateTimeOffset? ScheduleAt { get; init; }

    /// <summary>
    /// <c>human</c> or <c>automation</c>: from 24 hours to 7 days after the customer's last message only what a person wrote may be sent.
    /// </summary>
    public string? SentBy { get; init; }

    /// <summary>A JSON object of at most 4 KiB that is given back with the message.</summary>
    public JsonObject? Metadata { get; init; }
}

/// <summary>An image: its address, or a file of <see cref="IMedia"/>.</summary>
/// <param name="Url">A public https address.</param>
/// <param name="AttachmentId"><c>up_…</c></param>
public sealed record ImageToSend(string? Url = null, string? AttachmentId = null);

/// <summary>A quick reply.</summary>
/// <param name="Title">What stands on it, up to 20 characters.</param>
/// <param name="Payload">What comes back when it is tapped, up to 1,000 characters.</param>
public sealed record QuickReply(string Title, string Payload);
