using System.Text.Json;
using System.Text.Json.Serialization;
using InstaMessenger.Contracts.Outgoing;

namespace InstaMessenger.Sender.Graph;

/// <summary>The body of a send (meta-platform.md 3.2).</summary>
internal sealed record GraphMessage(
    GraphMessage.Person Recipient,
    GraphMessage.Body? Message = null,
    string? MessagingType = null,
    string? Tag = null,
    GraphMessage.Answered? ReplyTo = null,
    string? SenderAction = null,
    GraphMessage.Action? Payload = null)
{
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Writes a call's content as Meta wants it; null when this version does not know its kind.</summary>
    public static GraphMessage? Of(GraphCall call)
    {
        var recipient = call.Content.CommentId is { } comment ? new Person(CommentId: comment) : new Person(call.RecipientId.Value);
        switch (call.Content)
        {
            case SignContent sign: return new GraphMessage(recipient, SenderAction: sign.Action);
            case OutgoingReaction { Name: null } taken:
                return new GraphMessage(recipient, SenderAction: "unreact", Payload: new Action(taken.Mid.Value));
            case OutgoingReaction reaction:
                return new GraphMessage(recipient, SenderAction: "react", Payload: new Action(reaction.Mid.Value, reaction.Name));
        }

        if (BodyOf(call.Content) is not { } body) return null;
        var answered = call.Content.ReplyTo is { } mid ? new Answered(mid.Value) : null;
        var message = new GraphMessage(recipient, body, ReplyTo: answered);
        return call.HumanAgentTag ? message with { MessagingType = "MESSAGE_TAG", Tag = "HUMAN_AGENT" } : message;
    }

    private static Body? BodyOf(OutgoingContent content) => content switch
    {
        OutgoingText text => new Body(text.Text, QuickReplies: text.QuickReplies?.Select(reply => new Choice(reply.Title, reply.Payload))),
        OutgoingMedia media => new Body(Attachment: new Attachment(media.Type, new Fetched(media.Url))),
        OutgoingImages images => new Body(Attachments: images.Urls.Select(url => new Attachment("image", new Fetched(url)))),
        OutgoingSticker sticker => new Body(Attachment: new Attachment(sticker.Name)),
        OutgoingShare share => new Body(Attachment: new Attachment("MEDIA_SHARE", new Shared(share.MediaId))),
        OutgoingGenericTemplate cards => TemplateOf(new Template("generic", Elements: cards.Elements.Select(Element.Of))),
        OutgoingButtonTemplate buttons => TemplateOf(new Template("button", buttons.Text, Buttons: buttons.Buttons.Select(Button.Of))),
        _ => null,
    };

    private static Body TemplateOf(Template template) => new(Attachment: new Attachment("template", template));

    /// <param name="Id">The contact.</param>
    /// <param name="CommentId">Or the comment whose author it goes to.</param>
    public sealed record Person(string? Id = null, string? CommentId = null);

    public sealed record Action(string MessageId, string? Reaction = null);

    public sealed record Answered(string Mid);

    public sealed record Body(
        string? Text = null,
        Attachment? Attachment = null,
        IEnumerable<Attachment>? Attachments = null,
        IEnumerable<Choice>? QuickReplies = null);

    public sealed record Choice(string Title, string Payload, string ContentType = "text");

    /// <param name="Type">What it is.</param>
    /// <param name="Payload">Where or which it is; written as what it is, not as an object.</param>
    public sealed record Attachment(string Type, object? Payload = null);

    public sealed record Fetched(string Url);

    public sealed record Shared(string Id);

    public sealed record Template(
        string TemplateType, string? Text = null, IEnumerable<Element>? Elements = null, IEnumerable<Button>? Buttons = null);

    public sealed record Element(string Title, string? Subtitle, string? ImageUrl, Button? DefaultAction, IEnumerable<Button>? Buttons)
    {
        public static Element Of(TemplateElement element) => new(
            element.Title,
            element.Subtitle,
            element.ImageUrl,
            element.DefaultUrl is { } url ? new Button("web_url", Url: url) : null,
            element.Buttons?.Select(Button.Of));
    }

    public sealed record Button(string Type, string? Title = null, string? Url = null, string? Payload = null)
    {
        public static Button Of(TemplateButton button) =>
            new(button.Url is null ? "postback" : "web_url", button.Title, button.Url, button.Payload);
    }
}
