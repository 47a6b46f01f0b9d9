using System.Text.Json;
using System.Text.Json.Serialization;
using InstaMessenger.Contracts.Outgoing;

namespace InstaMessenger.Sender.Graph;

/// <summary>The body of a send (meta-platform.md 3.2).</summary>
internal sealed record GraphMessage(
    GraphMessage.Person Recipient, GraphMessage.Body Message, string? MessagingType = null, string? Tag = null)
{
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Writes a call's content as Meta wants it; null when this version does not know its kind.</summary>
    public static GraphMessage? Of(GraphCall call)
    {
        if (BodyOf(call.Content) is not { } body) return null;
        var message = new GraphMessage(new Person(call.RecipientId.Value), body);
        return call.HumanAgentTag ? message with { MessagingType = "MESSAGE_TAG", Tag = "HUMAN_AGENT" } : message;
    }

    private static Body? BodyOf(OutgoingContent content) => content switch
    {
        OutgoingText text => new Body(text.Text),
        OutgoingMedia media => new Body(Attachment: new Attachment(media.Type, new Payload(media.Url))),
        _ => null,
    };

    public sealed record Person(string Id);

    public sealed record Body(string? Text = null, Attachment? Attachment = null);

    public sealed record Attachment(string Type, Payload Payload);

    public sealed record Payload(string Url);
}
