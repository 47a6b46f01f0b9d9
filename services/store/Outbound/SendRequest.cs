using System.Text;
using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Store.Json;

namespace InstaMessenger.Store.Outbound;

/// <summary>What a client wants to send, checked.</summary>
/// <param name="AccountId">The account that sends.</param>
/// <param name="RecipientId">The contact whom it goes to.</param>
/// <param name="Contents">
/// The messages that the request becomes at Meta, in the order in which they are sent: a request with text and attachment becomes two.
/// </param>
/// <param name="Metadata">The client's own JSON object, as it came.</param>
/// <param name="SentBy">Who wrote it, as the client says; null when it does not say.</param>
/// <param name="IdempotencyKey">The body's <c>idempotency_key</c>, not checked yet: the header wins.</param>
/// <param name="Hash">The hash of the whole request, which shows when a key is used for another one.</param>
internal sealed record SendRequest(
    AccountId AccountId,
    InstagramUserId RecipientId,
    IReadOnlyList<OutgoingContent> Contents,
    string? Metadata,
    Author? SentBy,
    string? IdempotencyKey,
    string Hash)
{
    /// <summary>Meta's limit (Send API: "1000 bytes or less, UTF-8").</summary>
    private const int MostTextBytes = 1000;

    private const int MostMetadataBytes = 4096;

    private static readonly string[] Members =
        ["account_id", "recipient_id", "message", "attachment_url", "attachment_type", "metadata", "sent_by", "idempotency_key"];

    private static readonly string[] Later = ["reply_to_message_id", "quick_replies", "template"];

    /// <summary>Reads a request.</summary>
    /// <param name="body">A JSON object.</param>
    /// <param name="allowHttp">Whether attachments may be at plain http.</param>
    /// <param name="errors">Each field that is wrong, and why; empty when all is well.</param>
    /// <returns>The request; null when there are errors.</returns>
    /// <exception cref="InvalidOperationException">Some text is no Unicode: a surrogate without its partner, or broken UTF-8.</exception>
    public static SendRequest? Read(JsonElement body, bool allowHttp, out List<(string Field, string Error)> errors)
    {
        var found = errors = [];
        var names = body.EnumerateObject().Select(member => member.Name);
        foreach (var name in names.Where(name => !Members.Contains(name) && !Later.Contains(name)))
            found.Add((name, "There is no such member."));
        foreach (var name in Later.Where(name => Member(name) is not null))
            found.Add((name, $"not_supported_yet: {name} cannot be sent yet."));

        if (!AccountId.TryParse(Text("account_id"), out var account)) Wrong("account_id", "Must be an account's id: acc_…");
        if (!InstagramUserId.TryParse(Text("recipient_id"), out var recipient))
            Wrong("recipient_id", "Must be a contact's Instagram-scoped id: a string of 1 to 20 digits.");

        var text = Text("message");
        if (text is not null && string.IsNullOrWhiteSpace(text)) Wrong("message", "Must not be blank.");
        if (text is not null && Encoding.UTF8.GetByteCount(text) is > MostTextBytes and var bytes)
            Wrong("message", $"Has {bytes} bytes in UTF-8; Instagram takes at most {MostTextBytes}.");

        var attachment = ReadAttachment();
        if (Member("message") is null && Member("attachment_url") is null) Wrong("message", "A message or an attachment_url is needed.");

        var metadata = Member("metadata");
        if (metadata is { ValueKind: not JsonValueKind.Object }) Wrong("metadata", "Must be an object.");
        if (metadata is { } nested && RawJson.IsTooDeep(nested)) Wrong("metadata", $"Must be nested at most {RawJson.MostDepth} deep.");
        if (metadata is { } given && Encoding.UTF8.GetByteCount(given.GetRawText()) > MostMetadataBytes)
            Wrong("metadata", $"Must have at most {MostMetadataBytes} bytes.");

        Author? author = null;
        if (Text("sent_by") is { } sentBy)
        {
            author = sentBy switch { "human" => Author.Human, "automation" => Author.Automation, _ => null };
            if (author is null) Wrong("sent_by", "Must be human or automation.");
        }

        var key = Text("idempotency_key");
        return found.Count > 0 ? null : new SendRequest(
            account, recipient, Contents(), metadata?.GetRawText(), author, key, CanonicalJson.Hash(body, except: "idempotency_key"));

        void Wrong(string field, string error)
        {
            // A wrong type was reported already; what follows from it is noise.
            if (!found.Exists(other => other.Field == field)) found.Add((field, error));
        }

        JsonElement? Member(string name) =>
            body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

        string? Text(string name)
        {
            if (Member(name) is not { } value) return null;
            if (value.ValueKind == JsonValueKind.String) return value.GetString();
            Wrong(name, "Must be a string.");
            return null;
        }

        List<OutgoingContent> Contents()
        {
            var contents = new List<OutgoingContent>();
            if (attachment is not null) contents.Add(attachment);
            if (text is not null) contents.Add(new OutgoingText(text));
            return contents;
        }

        OutgoingMedia? ReadAttachment()
        {
            var type = Text("attachment_type");
            if (Text("attachment_url") is not { } address)
            {
                if (type is not null) Wrong("attachment_type", "There is no attachment_url.");
                return null;
            }

            if (AttachmentUrl.CheckUrl(address, allowHttp, out var url) is { } error)
            {
                Wrong("attachment_url", error);
                return null;
            }

            if (AttachmentUrl.TryFindType(url!, type, out var known, out var wrong)) return new OutgoingMedia(known, address);
            Wrong(wrong.Field, wrong.Error);
            return null;
        }
    }
}
