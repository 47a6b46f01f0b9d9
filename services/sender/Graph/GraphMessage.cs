using System.Text.Json;
using System.Text.Json.Serialization;
using InstaMessenger.Sender.Sending;

namespace InstaMessenger.Sender.Graph;

/// <summary>The body of a send (meta-platform.md 3.2).</summary>
internal sealed record GraphMessage(GraphMessage.Person Recipient, GraphMessage.Content Message, string? MessagingType = null, string? Tag = null)
{
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static GraphMessage Of(ClaimedSend send)
    {
        var attachment = send.AttachmentUrl is { } url ? new Attachment(send.AttachmentType!, new Payload(url)) : null;
        var message = new GraphMessage(new Person(send.RecipientId.Value), new Content(send.Text, attachment));
        return send.HumanAgentTag ? message with { MessagingType = "MESSAGE_TAG", Tag = "HUMAN_AGENT" } : message;
    }

    public sealed record Person(string Id);

    public sealed record Content(string? Text, Attachment? Attachment);

    public sealed record Attachment(string Type, Payload Payload);

    public sealed record Payload(string Url);
}
