using System.Text;
using System.Text.Json;

namespace InstaMessenger.Simulator.Meta.Graph;

/// <summary>The body of a Send API call, checked as Meta checks it.</summary>
internal sealed record SendRequest(
    string? Igsid, string? CommentId, string? Action, string? ActionMid, string? Reaction,
    string? Text, string? AttachmentType, string? AttachmentUrl, string? Tag, string? ReplyTo)
{
    /// <summary>The other images of an album.</summary>
    public IReadOnlyList<string> MoreUrls { get; init; } = [];

    public string Recipient => Igsid ?? CommentId!;

    public static SendRequest? Parse(JsonElement body, out GraphError? error)
    {
        error = null;
        if (body.ValueKind != JsonValueKind.Object) return Refuse(out error, "The parameter recipient is required.");
        var recipient = Member(body, "recipient");
        var igsid = String(recipient, "id");
        var comment = String(recipient, "comment_id");
        if (igsid is null == comment is null) return Refuse(out error, "The parameter recipient is required.");

        if (KnownKeys.FaultOf(body) is { } stranger) return Refuse(out error, stranger);

        var action = String(body, "sender_action");
        if (action is not null)
        {
            var payload = Member(body, "payload");
            if (action is not ("typing_on" or "typing_off" or "mark_seen" or "react" or "unreact"))
                return Refuse(out error, "Param sender_action must be one of {TYPING_ON, TYPING_OFF, MARK_SEEN, REACT, UNREACT}");
            if (Member(body, "message") is not null) return Refuse(out error, "sender_action and message cannot be used together.");
            if (action is "react" or "unreact" && String(payload, "message_id") is null)
                return Refuse(out error, "The parameter payload.message_id is required.");
            if (action is "react" && String(payload, "reaction") is null)
                return Refuse(out error, "The parameter payload.reaction is required.");
            if (action is not "react" && String(payload, "reaction") is not null)
                return Refuse(out error, "Invalid keys \"reaction\" were found in param payload.");
            if (action is not ("react" or "unreact") && payload is not null)
                return Refuse(out error, "payload goes with react and unreact only.");
            string[] own = ["recipient", "sender_action", "payload", "platform"];
            if (comment is not null || body.EnumerateObject().Any(member => !own.Contains(member.Name)))
                return Refuse(out error, "A sender_action takes recipient.id alone.");
            return new(igsid, comment, action, String(payload, "message_id"), String(payload, "reaction"), null, null, null, null, null);
        }

        var tag = String(body, "tag");
        if (tag is not (null or "HUMAN_AGENT")) return Refuse(out error, "Param tag must be one of {HUMAN_AGENT}");
        if (String(body, "messaging_type") is not (null or "RESPONSE" or "UPDATE" or "MESSAGE_TAG"))
            return Refuse(out error, "Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG}");
        var replyTo = String(Member(body, "reply_to"), "mid");
        return Content(new(igsid, comment, null, null, null, null, null, null, tag, replyTo), Member(body, "message"), out error);
    }

    private static SendRequest? Content(SendRequest request, JsonElement? message, out GraphError? error)
    {
        error = null;
        var text = String(message, "text");
        var attachment = Member(message, "attachment") ?? Album(message, out error);
        if (error is not null) return null;
        if (text is null == attachment is null) return Refuse(out error, "You must specify exactly one of text or attachment.");
        if (Templates.FaultOf(message) is { } fault) return Refuse(out error, fault);
        if (text is not null)
        {
            if (text.Length == 0) return Refuse(out error, "Message cannot be empty, must provide valid attachment or text");
            if (Encoding.UTF8.GetByteCount(text) > 1000)
                return Refuse(out error, "Length of param message[text] must be less than or equal to 1000");
            return request with { Text = text };
        }

        var type = String(attachment, "type");
        var payload = Member(attachment, "payload");
        var url = String(payload, "url");
        var complete = type switch
        {
            "image" or "video" or "audio" or "file" => url is not null || String(payload, "attachment_id") is not null,
            "MEDIA_SHARE" => String(payload, "id") is { Length: > 0 } id && id.All(char.IsAsciiDigit),
            "template" => true,
            "like_heart" => payload is null,
            _ => false,
        };
        if (!complete) return Refuse(out error, "Invalid attachment");
        var more = Member(message, "attachments") is { } album ? album.EnumerateArray().Skip(1) : [];
        return request with
        {
            AttachmentType = type,
            AttachmentUrl = url,
            MoreUrls = [.. more.Select(image => String(Member(image, "payload"), "url") ?? "")],
        };
    }

    private static JsonElement? Album(JsonElement? message, out GraphError? error)
    {
        error = null;
        if (Member(message, "attachments") is not { ValueKind: JsonValueKind.Array } album) return null;
        if (album.GetArrayLength() is 0 or > 10 || album.EnumerateArray().Any(
            part => String(part, "type") != "image" || String(Member(part, "payload"), "url") is null))
        {
            error = GraphError.Invalid("attachments takes 1 to 10 images.");
            return null;
        }
        return album[0];
    }

    private static SendRequest? Refuse(out GraphError? error, string message)
    {
        error = GraphError.Invalid(message);
        return null;
    }

    internal static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty(name, out var member)
            && member.ValueKind != JsonValueKind.Null
            ? member
            : null;

    internal static string? String(JsonElement? parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
