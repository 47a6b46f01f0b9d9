using System.Text.Json.Serialization;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Json;

namespace InstaMessenger.Store.Outbound;

/// <summary>What a client learns of its send, at once and whenever it asks again.</summary>
/// <param name="MessageId">The message; for a text with an attachment, that of the text.</param>
/// <param name="Status">
/// Where it stands; for a text with an attachment, the status of the one that has come less far. Null for a customer's message.
/// </param>
/// <param name="RecipientId">The contact whom it goes to; null for a customer's message.</param>
/// <param name="InstagramMessageId">Meta's id, once it is sent.</param>
/// <param name="CreatedAt">When it was accepted here.</param>
/// <param name="ScheduleAt">When it is (or was) to be sent; null for at once.</param>
/// <param name="SentAt">Meta's time, once it is sent.</param>
/// <param name="DeliveredAt">Always null: Instagram reports no deliveries, only that something was read.</param>
/// <param name="ReadAt">When the customer saw it.</param>
/// <param name="AttachmentUrl">What Meta was told to fetch.</param>
/// <param name="AttachmentType"><c>image</c>, <c>video</c>, <c>audio</c> or <c>file</c>.</param>
/// <param name="Error">Why it is not sent (yet).</param>
/// <param name="Metadata">The client's own JSON object, as they gave it.</param>
/// <param name="Messages">Each message that the request became, in the order in which they are sent.</param>
internal sealed record SendAnswer(
    MessageId MessageId,
    MessageStatus? Status,
    AccountId AccountId,
    InstagramUserId? RecipientId,
    InstagramMessageId? InstagramMessageId,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ScheduleAt,
    DateTimeOffset? SentAt,
    DateTimeOffset? DeliveredAt,
    DateTimeOffset? ReadAt,
    string? AttachmentUrl,
    string? AttachmentType,
    SendError? Error,
    RawJson? Metadata,
    IReadOnlyList<SendPart> Messages)
{
    /// <summary>
    /// Whether waiting until a moment (UTC) tells no more. An unknown outcome counts as settled: it takes minutes or an operator. So does
    /// what is tried again only after that moment, or when the account has another token, with the parts behind it.
    /// </summary>
    public bool IsSettledUntil(DateTimeOffset end)
    {
        foreach (var part in Messages)
        {
            if (part is { Status: MessageStatus.Pending, Error: { } error } && !(error.RetryAt <= end)) return true;
            if (part.Status is MessageStatus.Pending or MessageStatus.Sending) return false;
        }

        return true;
    }

    /// <summary>200 when Meta has said yes or no to all of it, else 202.</summary>
    [JsonIgnore]
    public int HttpStatus => Messages.All(part => part.Status is MessageStatus.Sent or MessageStatus.Read or MessageStatus.Failed
            or MessageStatus.Cancelled)
        ? StatusCodes.Status200OK
        : StatusCodes.Status202Accepted;

    /// <summary>Describes the messages of one request.</summary>
    /// <param name="messages">In the order in which they are sent.</param>
    /// <param name="contact">The conversation's contact.</param>
    public static SendAnswer Of(IReadOnlyList<Message> messages, InstagramUserId contact)
    {
        var told = messages[^1];
        var behind = messages.MinBy(Progress)!;
        var attachment = messages.SelectMany(message => message.Attachments).FirstOrDefault();
        return new SendAnswer(
            told.Id,
            behind.Status,
            told.AccountId,
            told.Direction == Direction.Outbound ? contact : null,
            told.InstagramMessageId,
            told.ReceivedAt,
            told.ScheduleAt,
            told.Status is MessageStatus.Sent or MessageStatus.Read or null ? told.SentAt : null,
            null,
            told.ReadAt,
            attachment?.Url,
            attachment?.MediaType,
            behind.Error ?? messages.Select(message => message.Error).FirstOrDefault(error => error is not null),
            RawJson.Of(told.Metadata),
            [.. messages.Select(
                message => new SendPart(message.Id, message.Kind, message.Status, message.InstagramMessageId, message.Error))]);
    }

    private static int Progress(Message message) => message.Status switch
    {
        MessageStatus.Scheduled => 0,
        MessageStatus.Pending => 1,
        MessageStatus.Sending => 2,
        MessageStatus.Unknown => 3,
        MessageStatus.Cancelled => 4,
        MessageStatus.Failed => 5,
        MessageStatus.Sent => 6,
        _ => 7,
    };
}

/// <summary>One message of a request.</summary>
internal sealed record SendPart(
    MessageId MessageId, MessageKind Kind, MessageStatus? Status, InstagramMessageId? InstagramMessageId, SendError? Error);
