using System.Text;
using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Json;
using InstaMessenger.Store.Uploads;

namespace InstaMessenger.Store.Outbound;

/// <summary>What a client wants to send, checked.</summary>
/// <param name="AccountId">The account that sends.</param>
/// <param name="RecipientId">The contact whom it goes to; null when only the comment says so.</param>
/// <param name="CommentId">The comment that it answers in private; null when it answers none.</param>
/// <param name="Contents">
/// The messages that the request becomes at Meta, in the order in which they are sent: what is attached first, then the parts of the text.
/// </param>
/// <param name="Uploads">The uploads that the contents refer to; none when all is elsewhere.</param>
/// <param name="ReplyTo">The message that the first of them answers; null when it answers none.</param>
/// <param name="ScheduleAt">When it is to be sent (UTC); null for at once.</param>
/// <param name="Metadata">The client's own JSON object, as it came.</param>
/// <param name="SentBy">Who wrote it, as the client says; null when it does not say.</param>
/// <param name="IdempotencyKey">The body's <c>idempotency_key</c>, not checked yet: the header wins.</param>
/// <param name="Hash">The hash of the whole request, which shows when a key is used for another one.</param>
internal sealed record SendRequest(
    AccountId AccountId,
    InstagramUserId? RecipientId,
    string? CommentId,
    IReadOnlyList<OutgoingContent> Contents,
    IReadOnlyList<AttachedUpload> Uploads,
    MessageId? ReplyTo,
    DateTimeOffset? ScheduleAt,
    string? Metadata,
    Author? SentBy,
    string? IdempotencyKey,
    string Hash)
{
    private const int MostMetadataBytes = 4096;

    /// <summary>The members of a request, which are also the texts of a form.</summary>
    public static readonly string[] Members =
    [
        "account_id", "recipient_id", "comment_id", "reply_to_message_id", "schedule_at", "metadata", "sent_by", "idempotency_key",
        .. ContentReader.Members,
    ];

    /// <summary>Reads a request.</summary>
    /// <param name="body">A JSON object.</param>
    /// <param name="allowHttp">Whether attachments may be at plain http.</param>
    /// <param name="errors">Each field that is wrong, and why; empty when all is well.</param>
    /// <param name="hasFile">Whether it came as a form with a file, whose hash is the member <c>file</c>.</param>
    /// <returns>The request; null when there are errors.</returns>
    /// <exception cref="InvalidOperationException">Some text is no Unicode: a surrogate without its partner, or broken UTF-8.</exception>
    public static SendRequest? Read(
        JsonElement body, bool allowHttp, out List<(string Field, string Error)> errors, bool hasFile = false)
    {
        var fields = new BodyFields(body, "", errors = []);
        fields.HasOnly(hasFile ? [.. Members, UploadForm.FileField] : Members);

        if (!AccountId.TryParse(fields.Text("account_id"), out var account)) fields.Wrong("account_id", "Must be an account's id: acc_…");
        var comment = fields.Text("comment_id");
        // The form of both ids is the same.
        if (comment is not null && !InstagramUserId.TryParse(comment, out _))
            fields.Wrong("comment_id", "Must be a comment's id: a string of 1 to 20 digits.");
        InstagramUserId? recipient = InstagramUserId.TryParse(fields.Text("recipient_id"), out var contact) ? contact : null;
        if (recipient is null && (comment is null || fields.Has("recipient_id")))
            fields.Wrong("recipient_id", "Must be a contact's Instagram-scoped id: a string of 1 to 20 digits.");
        MessageId? replyTo = null;
        if (fields.Text("reply_to_message_id") is { } answered)
        {
            if (MessageId.TryParse(answered, out var id)) replyTo = id;
            else fields.Wrong("reply_to_message_id", "Must be a message's id: msg_…");
        }

        var scheduleAt = fields.Time("schedule_at");
        var reader = new ContentReader(fields, allowHttp);
        var contents = reader.Read();
        if (comment is not null && contents.Count > 1)
            fields.Wrong("comment_id", $"Takes one message in private; this request would become {contents.Count}.");
        if (comment is not null && replyTo is not null)
            fields.Wrong("reply_to_message_id", "Does not go with comment_id: the comment is what is answered.");
        var metadata = fields.Member("metadata");
        if (metadata is { ValueKind: not JsonValueKind.Object }) fields.Wrong("metadata", "Must be an object.");
        if (metadata is { } nested && RawJson.IsTooDeep(nested))
            fields.Wrong("metadata", $"Must be nested at most {RawJson.MostDepth} deep.");
        if (metadata is { } given && Encoding.UTF8.GetByteCount(given.GetRawText()) > MostMetadataBytes)
            fields.Wrong("metadata", $"Must have at most {MostMetadataBytes} bytes.");

        var sentBy = fields.Text("sent_by");
        Author? author = sentBy switch { "human" => Author.Human, "automation" => Author.Automation, _ => null };
        if (sentBy is not null && author is null) fields.Wrong("sent_by", "Must be human or automation.");
        var key = fields.Text("idempotency_key");
        var hash = CanonicalJson.Hash(body, except: "idempotency_key");
        return errors.Count > 0 ? null : new SendRequest(
            account, recipient, comment, contents, reader.Uploads, replyTo, scheduleAt, metadata?.GetRawText(), author, key, hash);
    }
}
