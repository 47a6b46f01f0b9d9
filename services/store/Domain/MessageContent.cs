using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;

namespace InstaMessenger.Store.Domain;

/// <summary>
/// What a message says: text or attachments, or raw JSON that can only be kept. Only its makers make one, so it is never empty.
/// </summary>
internal sealed record MessageContent
{
    private MessageContent()
    {
    }

    public required MessageKind Kind { get; init; }

    public string? Text { get; private init; }

    public IReadOnlyList<RemoteMedia> Media { get; private init; } = [];

    public string? Raw { get; init; }

    public InstagramMessageId? ReplyTo { get; init; }

    /// <summary>What it says beside text and attachments; null for nothing.</summary>
    public MessageDetails? Details { get; private init; }

    /// <summary>What is sent, when the content shows something that we send; null for what came from Meta.</summary>
    public OutgoingContent? Outgoing { get; private init; }

    /// <summary>What is left of a message that was taken back.</summary>
    public static readonly MessageContent Nothing = new() { Kind = MessageKind.Deleted };

    /// <summary>Plain text.</summary>
    public static MessageContent OfText(string text) =>
        text.Length == 0
            ? throw new BrokenRuleException("A message has text or attachments.")
            : new() { Kind = MessageKind.Text, Text = text };

    /// <summary>Attachments, with a text only if Meta sent both in one message.</summary>
    public static MessageContent OfMedia(IReadOnlyList<RemoteMedia> media, string? text = null) =>
        media.Count == 0
            ? throw new BrokenRuleException("A message has text or attachments.")
            : new() { Kind = KindOf(media[0].MediaType), Media = media, Text = text };

    /// <summary>Makes the content that shows in the thread for what is sent.</summary>
    public static MessageContent Of(OutgoingContent outgoing) => Shown(outgoing) with { ReplyTo = outgoing.ReplyTo };

    private static MessageContent Shown(OutgoingContent outgoing) => outgoing switch
    {
        OutgoingText text => OfText(text.Text) with { Outgoing = outgoing },
        OutgoingMedia media => OfMedia([new RemoteMedia(media.Type, media.Url)]) with { Outgoing = outgoing },
        OutgoingImages images =>
            OfMedia([.. images.Urls.Select(url => new RemoteMedia(MediaTypes.Image, url))]) with { Outgoing = outgoing },
        OutgoingSticker => new() { Kind = MessageKind.LikeHeart, Outgoing = outgoing },
        OutgoingShare => new() { Kind = MessageKind.Share, Outgoing = outgoing },
        OutgoingGenericTemplate cards => new()
        {
            Kind = MessageKind.Template, Text = string.Join('\n', cards.Elements.Select(element => element.Title)), Outgoing = outgoing,
        },
        OutgoingButtonTemplate buttons => new() { Kind = MessageKind.Template, Text = buttons.Text, Outgoing = outgoing },
        _ => throw new BrokenRuleException("Only what can be shown can be sent."),
    };

    /// <summary>Makes the content of what came from Meta. What cannot be shown at all has its raw JSON.</summary>
    public static MessageContent OfReceived(
        MessageKind kind, string? text, IReadOnlyList<RemoteMedia> media, MessageDetails? details, string? raw) =>
        kind == MessageKind.Unsupported && raw is null
            ? throw new BrokenRuleException("What cannot be shown is kept as it came.")
            : new() { Kind = kind, Text = text, Media = media, Details = details, Raw = raw };

    /// <summary>The kind of a message by its first attachment.</summary>
    public static MessageKind KindOf(string mediaType) => mediaType switch
    {
        MediaTypes.Image => MessageKind.Image,
        MediaTypes.Video => MessageKind.Video,
        MediaTypes.Audio => MessageKind.Audio,
        MediaTypes.File => MessageKind.File,
        _ => throw new BrokenRuleException("An attachment is an image, a video, audio or a file."),
    };
}
