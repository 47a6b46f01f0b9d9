using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Store.Domain;

/// <summary>A picture, video, recording or file of a message.</summary>
internal sealed class Attachment
{
    private Attachment()
    {
    }

    public MessageId MessageId { get; private set; }

    public int Index { get; private set; }

    /// <summary><c>image</c>, <c>video</c>, <c>audio</c> or <c>file</c>.</summary>
    public string MediaType { get; private set; } = "";

    /// <summary>Inbound: Meta's CDN, alive only as long as the content is. Outbound: what Meta was told to fetch.</summary>
    public string Url { get; private set; } = "";

    public string? MimeType { get; private set; }

    /// <summary>Bytes; null while nobody has looked.</summary>
    public long? SizeBytes { get; private set; }

    public AttachmentState State { get; private set; }

    public AttachmentId Id => AttachmentId.Of(MessageId, Index);

    public static Attachment At(MessageId message, int index, RemoteMedia media) =>
        new() { MessageId = message, Index = index, MediaType = media.MediaType, Url = media.Url, State = AttachmentState.Remote };
}

/// <summary>An attachment that lies somewhere else.</summary>
/// <param name="MediaType"><c>image</c>, <c>video</c>, <c>audio</c> or <c>file</c>.</param>
/// <param name="Url">Where.</param>
internal sealed record RemoteMedia(string MediaType, string Url);
