using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Json;

namespace InstaMessenger.Store.Conversations;

/// <summary>A message as clients see it: in the thread, and as <c>data.message</c> of events.</summary>
internal sealed record MessageView(
    MessageId Id,
    InstagramMessageId? InstagramMessageId,
    AccountId AccountId,
    ConversationId ConversationId,
    Direction Direction,
    MessageKind Kind,
    string? Text,
    RawJson? Raw,
    IReadOnlyList<AttachmentView> Attachments,
    StoryView? Story,
    Share? Share,
    Postback? Postback,
    QuickReplyView? QuickReply,
    Referral? Referral,
    RawJson? Template,
    IReadOnlyList<ReactionView> Reactions,
    ReplyToView? ReplyTo,
    IReadOnlyList<EditView> Edits,
    MessageStatus? Status,
    Origin? Origin,
    SentByView? SentBy,
    bool Standby,
    bool Self,
    SendError? Error,
    RawJson? Metadata,
    bool History,
    DateTimeOffset? ScheduleAt,
    DateTimeOffset SentAt,
    DateTimeOffset ReceivedAt,
    DateTimeOffset? ReadAt,
    DateTimeOffset? EditedAt,
    DateTimeOffset? DeletedAt)
{
    public static MessageView Of(Message message) => new(
        message.Id,
        message.InstagramMessageId,
        message.AccountId,
        message.ConversationId,
        message.Direction,
        message.Kind,
        message.Text,
        RawJson.Of(message.Raw),
        [.. message.Attachments.OrderBy(attachment => attachment.Index).Select(AttachmentView.Of)],
        StoryView.Of(message),
        message.Details?.Share,
        message.Details?.Postback,
        message.Details?.QuickReply is { } payload ? new QuickReplyView(payload) : null,
        message.Details?.Referral,
        RawJson.Of(message.Details?.Template),
        [.. (message.Changes?.Reactions ?? []).Where(reaction => !reaction.IsTakenBack).Select(ReactionView.Of)],
        ReplyToView.Of(message),
        EditView.ListOf(message),
        message.Status,
        message.Origin,
        message.Details?.AppId is { } app ? new SentByView("app", app, null) : null,
        message.Details?.Standby ?? false,
        message.Details?.Self ?? false,
        message.Error,
        RawJson.Of(message.Metadata),
        message.IsHistory,
        message.ScheduleAt,
        message.SentAt,
        message.ReceivedAt,
        message.ReadAt,
        message.EditedAt,
        message.DeletedAt);
}

/// <summary>A reaction as clients see it.</summary>
internal sealed record ReactionView(Party By, string? Reaction, string? Emoji, DateTimeOffset At)
{
    public static ReactionView Of(Reaction reaction) => new(reaction.By, reaction.Name, reaction.Emoji, reaction.At);
}

/// <summary>What a message said before an edit.</summary>
/// <param name="Text">The text; null when the message had none, or when nobody here ever saw it.</param>
/// <param name="EditedAt">When it was replaced by the next one, or by what the message says now.</param>
internal sealed record EditView(string? Text, DateTimeOffset EditedAt)
{
    /// <summary>Lists one entry for each edit, in order.</summary>
    public static IReadOnlyList<EditView> ListOf(Message message)
    {
        var versions = message.Changes?.Versions ?? [];
        return
        [
            .. versions.Select((version, index) => (Version: version, Before: index > 0 ? versions[index - 1].Text : null))
                .Where(pair => !pair.Version.IsFirst).Select(pair => new EditView(pair.Before, pair.Version.At)),
        ];
    }
}

/// <summary>A story as clients see it.</summary>
/// <param name="Id">Meta's id.</param>
/// <param name="Url">Meta's address; it ends with the story.</param>
/// <param name="ExpiresAt">When the story is over at the latest (UTC).</param>
internal sealed record StoryView(string? Id, string? Url, DateTimeOffset ExpiresAt)
{
    public static StoryView? Of(Message message) =>
        message.Details?.Story is { } story ? new StoryView(story.Id, story.Url, message.SentAt + Story.Lifetime) : null;
}

/// <summary>The quick reply that was tapped.</summary>
internal sealed record QuickReplyView(string Payload);

/// <summary>Who wrote a message of the business.</summary>
/// <param name="Type"><c>app</c>: another tool, by Meta's id of it.</param>
/// <param name="Name">Its name, when it is known.</param>
internal sealed record SentByView(string Type, string Id, string? Name);

/// <summary>An attachment as clients see it.</summary>
/// <param name="MediaType"><c>image</c>, <c>video</c>, <c>audio</c> or <c>file</c>.</param>
/// <param name="Url">Ours, below the address of this product; Meta's in mode <c>link</c>.</param>
/// <param name="MimeType">What its bytes are; null while nobody has looked.</param>
/// <param name="SizeBytes">How many; null while nobody has looked.</param>
/// <param name="Width">Pixels of a picture; null while nobody has looked, and for what is no picture.</param>
/// <param name="Height">Pixels of a picture; null while nobody has looked, and for what is no picture.</param>
/// <param name="State">Where its bytes are.</param>
internal sealed record AttachmentView(
    AttachmentId Id, string MediaType, string Url, string? MimeType, long? SizeBytes, int? Width, int? Height, AttachmentState State)
{
    public static AttachmentView Of(Attachment attachment) => new(
        attachment.Id,
        attachment.MediaType,
        attachment.Mode == MediaMode.Link ? attachment.Url : $"/media/attachments/{attachment.Id}",
        attachment.MimeType,
        attachment.SizeBytes,
        attachment.Width,
        attachment.Height,
        attachment.State);
}

/// <summary>The message that a message answers.</summary>
/// <param name="MessageId">The message; null while it is not known here.</param>
/// <param name="InstagramMessageId">Meta's id of it.</param>
/// <param name="Kind">What it is, or <c>deleted</c>.</param>
/// <param name="Excerpt">How its text begins, at most 100 characters.</param>
internal sealed record ReplyToView(MessageId? MessageId, InstagramMessageId InstagramMessageId, MessageKind? Kind, string? Excerpt)
{
    public static ReplyToView? Of(Message message) => message.ReplyTo is { } mid
        ? new ReplyToView(message.Quoted?.Id, mid, message.Quoted?.Kind, message.Quoted?.Excerpt)
        : null;
}
