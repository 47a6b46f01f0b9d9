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
    IReadOnlyList<object> Reactions,
    ReplyToView? ReplyTo,
    MessageStatus? Status,
    Origin? Origin,
    SendError? Error,
    RawJson? Metadata,
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
        [],
        message.ReplyTo is { } mid ? new ReplyToView(mid) : null,
        message.Status,
        message.Origin,
        message.Error,
        RawJson.Of(message.Metadata),
        message.SentAt,
        message.ReceivedAt,
        message.ReadAt,
        null,
        null);
}

/// <summary>An attachment as clients see it.</summary>
internal sealed record AttachmentView(
    AttachmentId Id, string MediaType, string Url, string? MimeType, long? SizeBytes, AttachmentState State)
{
    public static AttachmentView Of(Attachment attachment) =>
        new(attachment.Id, attachment.MediaType, attachment.Url, attachment.MimeType, attachment.SizeBytes, attachment.State);
}

/// <summary>The message that a message answers.</summary>
internal sealed record ReplyToView(InstagramMessageId InstagramMessageId);

/// <summary>The customer as clients see them.</summary>
internal sealed record ContactView(InstagramUserId Id, string? Username, string? Name, string? ProfilePictureUrl)
{
    public static ContactView Of(Conversation conversation) =>
        new(conversation.ContactId, conversation.ContactUsername, conversation.ContactName, conversation.ContactPictureUrl);
}
