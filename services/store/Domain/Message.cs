using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;

namespace InstaMessenger.Store.Domain;

/// <summary>
/// One message of a conversation: text or attachments, or something that can only be kept. One message is one <c>mid</c> at Meta; a
/// client's text with an attachment is therefore two messages.
/// </summary>
internal sealed partial class Message
{
    private readonly List<Attachment> _attachments = [];

    private Message()
    {
    }

    /// <summary>The order in which messages were written; breaks ties of <see cref="SentAt"/>.</summary>
    public long Sequence { get; private set; }

    public MessageId Id { get; private set; }

    public AccountId AccountId { get; private set; }

    public ConversationId ConversationId { get; private set; }

    /// <summary>Null for a send that Meta has not named yet, and for a message that came without a usable one.</summary>
    public InstagramMessageId? InstagramMessageId { get; private set; }

    public Direction Direction { get; private set; }

    public MessageKind Kind { get; private set; }

    public string? Text { get; private set; }

    public IReadOnlyList<Attachment> Attachments => _attachments;

    /// <summary>
    /// All that was to be sent, so that it can be sent again; whoever erases the text erases this with it. Null unless we sent it.
    /// </summary>
    public OutgoingContent? Content { get; private set; }

    /// <summary>Recognises the echo of a send, as long as one may come (see <see cref="Domain.EchoKey"/>); null otherwise.</summary>
    public string? EchoKey { get; private set; }

    /// <summary>Meta's JSON of the webhook item that the message came in, kept when it holds more than we show.</summary>
    public string? Raw { get; private set; }

    public InstagramMessageId? ReplyTo { get; private set; }

    /// <summary>The message that it answers, looked up to be shown and never kept; null while that is not known here.</summary>
    public Quoted? Quoted { get; private set; }

    /// <summary>What it says beside text and attachments; null for nothing.</summary>
    public MessageDetails? Details { get; private set; }

    /// <summary>Null for inbound messages.</summary>
    public MessageStatus? Status { get; private set; }

    /// <summary>Null for inbound messages.</summary>
    public Origin? Origin { get; private set; }

    /// <summary>
    /// Who wrote it. This decides whether it may be tagged <c>HUMAN_AGENT</c>, also when somebody else has it sent anew.
    /// </summary>
    public Author Author => Origin switch
    {
        Domain.Origin.Automation => Author.Automation,
        Domain.Origin.Ui => Author.Human,
        _ => Details is { ByPerson: true } ? Author.Human : Author.Undeclared,
    };

    /// <summary>
    /// Meta's time, by which messages are shown and ordered. For an outbound message that is not sent yet, the time at which it was
    /// accepted from the client.
    /// </summary>
    public DateTimeOffset SentAt { get; private set; }

    /// <summary>Our time: when we first knew of it; counts unread.</summary>
    public DateTimeOffset ReceivedAt { get; private set; }

    /// <summary>When the customer saw it, by Meta's clock; null for inbound messages.</summary>
    public DateTimeOffset? ReadAt { get; private set; }

    /// <summary>The client's own JSON object, given back with the message and never looked into; null when it gave none.</summary>
    public string? Metadata { get; private set; }

    /// <summary>How far the sender's reports have come: two steps for each attempt, its beginning and its end.</summary>
    public int ReportedStep { get; private set; }

    public string? ErrorCode { get; private set; }

    public string? ErrorMessage { get; private set; }

    public bool ErrorRetryable { get; private set; }

    public DateTimeOffset? RetryAt { get; private set; }

    /// <summary>When it failed; an echo that comes soon after proves the refusal wrong. Null for all that never failed.</summary>
    public DateTimeOffset? FailedAt { get; private set; }

    /// <summary>When it is (or was) to be sent (UTC); null for at once.</summary>
    public DateTimeOffset? ScheduleAt { get; private set; }

    /// <summary>The new send of what this message failed to say; null when there is none.</summary>
    public MessageId? RetriedBy { get; private set; }

    /// <summary>
    /// Why it is not sent (yet). A message whose echo proved a refusal wrong keeps it, unseen, should the echo have been another's.
    /// </summary>
    public SendError? Error => ErrorCode is null || Status is MessageStatus.Sent or MessageStatus.Read
        ? null
        : new SendError(ErrorCode, ErrorMessage ?? "", ErrorRetryable, RetryAt);

    /// <summary>Whether an echo or a verdict may still give this message its <c>mid</c>.</summary>
    public bool AwaitsMid => Direction == Direction.Outbound && InstagramMessageId is null
        && Status is MessageStatus.Pending or MessageStatus.Sending or MessageStatus.Unknown;

    /// <summary>Whether it is still to be sent, or may be sent again: its files must be there.</summary>
    public bool IsUnderWay => Direction == Direction.Outbound
        && Status is MessageStatus.Scheduled or MessageStatus.Pending or MessageStatus.Sending or MessageStatus.Unknown;

    /// <summary>Makes a message that the customer wrote.</summary>
    public static Message Receive(
        Conversation conversation,
        MessageContent content,
        InstagramMessageId? mid,
        DateTimeOffset sentAt,
        DateTimeOffset receivedAt,
        MessageId id)
    {
        var message = Create(conversation, content, sentAt, receivedAt, id);
        message.Direction = Direction.Inbound;
        message.InstagramMessageId = mid;
        return message;
    }

    /// <summary>Makes a message that the business wrote somewhere else, of which we learn only by its echo.</summary>
    public static Message Mirror(
        Conversation conversation,
        MessageContent content,
        InstagramMessageId? mid,
        DateTimeOffset sentAt,
        DateTimeOffset receivedAt,
        MessageId id)
    {
        var message = Create(conversation, content, sentAt, receivedAt, id);
        message.Direction = Direction.Outbound;
        message.Origin = Domain.Origin.Instagram;
        message.Status = MessageStatus.Sent;
        message.InstagramMessageId = mid;
        return message;
    }

    /// <summary>Makes a message that a client or an agent wants to send.</summary>
    public static Message Compose(
        Conversation conversation,
        MessageContent content,
        Origin origin,
        DateTimeOffset now,
        MessageId id,
        string? metadata = null,
        Author author = Author.Undeclared)
    {
        if (content.Kind is MessageKind.Unsupported or MessageKind.Deleted)
            throw new BrokenRuleException("Only what can be shown can be sent.");
        var message = Create(conversation, content, now, now, id);
        message.Direction = Direction.Outbound;
        message.Origin = origin;
        if (author == Author.Human && message.Author != author) message.Details = new MessageDetails { ByPerson = true };
        message.Status = MessageStatus.Pending;
        message.Metadata = metadata;
        message.Content = content.Outgoing;
        message.EchoKey = message.ContentKey;
        return message;
    }

    /// <summary>Puts a new message off to a later time.</summary>
    public void Schedule(DateTimeOffset at) => (Status, ScheduleAt) = (MessageStatus.Scheduled, at);

    /// <summary>Notes that its time has come: from here on it is sent like any other.</summary>
    public void Release(DateTimeOffset now)
    {
        if (Status != MessageStatus.Scheduled) throw new BrokenRuleException("Only what is scheduled becomes due.");
        (Status, SentAt) = (MessageStatus.Pending, now);
    }

    /// <summary>Takes it back. Returns false when it may be with Meta already, or is settled.</summary>
    public bool Cancel()
    {
        if (Status is not (MessageStatus.Scheduled or MessageStatus.Pending or MessageStatus.Sending) || InstagramMessageId is not null)
            return false;
        return Become(MessageStatus.Cancelled, null);
    }

    /// <summary>Notes that it is sent anew.</summary>
    public void RetryAs(MessageId id) => RetriedBy = id;

    /// <summary>
    /// Takes note of a report's place. Returns false when a later report has come already: the bus may repeat an old one, which would show
    /// a state that is over.
    /// </summary>
    public bool IsReportInTime(int attempt, bool begins)
    {
        var step = (attempt * 2) + (begins ? 0 : 1);
        if (step < ReportedStep) return false;
        ReportedStep = step;
        return true;
    }

    /// <summary>Notes that the call to Meta begins. Returns whether that is news: a settled message stays settled.</summary>
    public bool BeginSending()
    {
        if (!AwaitsMid) return false;
        return Become(MessageStatus.Sending, null);
    }

    /// <summary>
    /// Notes that Meta has the message, by its answer or by its echo, whichever comes first. Returns whether that is news.
    /// </summary>
    public bool Settle(InstagramMessageId mid, DateTimeOffset sentAt)
    {
        if (Direction != Direction.Outbound) throw new BrokenRuleException("Only an outbound message is sent.");
        var news = Status is not (MessageStatus.Sent or MessageStatus.Read);
        (InstagramMessageId, EchoKey) = (mid, null);
        if (!news) return false;
        SentAt = sentAt;
        if (FailedAt is null) return Become(MessageStatus.Sent, null);
        Status = MessageStatus.Sent;
        return true;
    }

    /// <summary>Notes that it will never be sent.</summary>
    public bool Reject(SendError error, DateTimeOffset at)
    {
        if (!AwaitsMid) return false;
        FailedAt = at;
        return Become(MessageStatus.Failed, error);
    }

    /// <summary>Notes that it is certainly not sent yet and will be tried again.</summary>
    public bool Postpone(SendError error) => AwaitsMid && Become(MessageStatus.Pending, error);

    /// <summary>Notes that it may have reached Meta, and that the call did not show whether it has.</summary>
    public bool LoseSight(SendError? error) => AwaitsMid && Become(MessageStatus.Unknown, error);

    /// <summary>
    /// Gives up a <c>mid</c> that an echo lent to the wrong one of two equal messages. Everything that said it was sent goes with it, so
    /// that its own echo or verdict, even a refusal, must tell again.
    /// </summary>
    public void GiveUpMid()
    {
        (InstagramMessageId, EchoKey, Changes, ReadAt) = (null, ContentKey, null, null);
        // It was refused before the echo came, and counts as refused again.
        if (FailedAt is not null) Status = MessageStatus.Failed;
        else Become(MessageStatus.Unknown, null);
    }

    /// <summary>Notes what the message that it answers says now.</summary>
    public void Quote(Quoted? quoted) => Quoted = quoted;

    /// <summary>Whether an echo with this content can be of this message.</summary>
    public bool HasContent(MessageContent content) =>
        (EchoKey ?? ContentKey) == Domain.EchoKey.Of(content.Kind, content.Text, content.Media.Count);

    /// <summary>Whether the two can be the same message at Meta.</summary>
    public bool HasContentOf(Message other) => ContentKey == other.ContentKey;

    private string ContentKey => Domain.EchoKey.Of(Kind, Text, _attachments.Count);

    private static Message Create(
        Conversation conversation, MessageContent content, DateTimeOffset sentAt, DateTimeOffset receivedAt, MessageId id)
    {
        var message = new Message
        {
            Id = id,
            AccountId = conversation.AccountId,
            ConversationId = conversation.Id,
            Kind = content.Kind,
            Text = content.Text,
            Raw = content.Raw,
            ReplyTo = content.ReplyTo,
            Details = content.Details,
            SentAt = sentAt,
            ReceivedAt = receivedAt,
        };
        foreach (var media in content.Media) message._attachments.Add(Attachment.At(id, message._attachments.Count, media));
        return message;
    }

    private bool Become(MessageStatus status, SendError? error)
    {
        if (Status == status && Error == error) return false;
        Status = status;
        (ErrorCode, ErrorMessage, ErrorRetryable, RetryAt) = (error?.Code, error?.Message, error?.Retryable ?? false, error?.RetryAt);
        return true;
    }
}
