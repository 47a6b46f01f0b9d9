using System.Text.Json;

namespace InstaMessenger.Client;

/// <summary>What became of a send.</summary>
/// <param name="MessageId"><c>msg_…</c>; for a text with an attachment, that of the text.</param>
/// <param name="Status">
/// <c>scheduled</c>, <c>pending</c>, <c>sending</c>, <c>sent</c>, <c>read</c>, <c>failed</c>, <c>unknown</c> or <c>cancelled</c>; of
/// several messages that of the one that has come less far. Null for a customer's message.
/// </param>
/// <param name="RecipientId">The customer.</param>
/// <param name="InstagramMessageId">Meta's id, once it is sent.</param>
/// <param name="CreatedAt">When it was accepted (UTC).</param>
/// <param name="ScheduleAt">When it is to be sent (UTC); null for at once.</param>
/// <param name="SentAt">Meta's time (UTC), once it is sent.</param>
/// <param name="DeliveredAt">Always null: Instagram does not tell.</param>
/// <param name="ReadAt">When the customer saw it (UTC).</param>
/// <param name="AttachmentUrl">What Meta was told to fetch.</param>
/// <param name="AttachmentType"><c>image</c>, <c>video</c>, <c>audio</c> or <c>file</c>.</param>
/// <param name="Error">Why it is not sent (yet).</param>
/// <param name="Metadata">What was given along.</param>
/// <param name="Messages">Each message that the request became, in the order in which they are sent.</param>
public sealed record SendAnswer(
    string MessageId,
    string? Status,
    string AccountId,
    string? RecipientId,
    string? InstagramMessageId,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ScheduleAt,
    DateTimeOffset? SentAt,
    DateTimeOffset? DeliveredAt,
    DateTimeOffset? ReadAt,
    string? AttachmentUrl,
    string? AttachmentType,
    SendError? Error,
    JsonElement? Metadata,
    IReadOnlyList<SendPart> Messages);

/// <summary>One message of a send.</summary>
/// <param name="MessageId"><c>msg_…</c></param>
/// <param name="Kind">What it is.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="InstagramMessageId">Meta's id, once it is sent.</param>
/// <param name="Error">Why it is not sent (yet).</param>
public sealed record SendPart(string MessageId, string Kind, string? Status, string? InstagramMessageId, SendError? Error);
