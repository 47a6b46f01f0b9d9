using InstaMessenger.Contracts.Events;
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

    /// <summary>Pixels of a picture; null while nobody has looked, and for what is no picture.</summary>
    public int? Width { get; private set; }

    /// <inheritdoc cref="Width"/>
    public int? Height { get; private set; }

    public AttachmentState State { get; private set; }

    /// <summary>What its account did with attachments when it came.</summary>
    public MediaMode Mode { get; private set; } = MediaMode.Proxy;

    /// <summary>
    /// Its file in the media storage, which is there when it is kept and may be there while it is fetched. Null for none.
    /// </summary>
    public MediaFile? File { get; private set; }

    /// <summary>
    /// When something must happen if nothing has (UTC): what is fetched is given up, what is kept is purged. Null for nothing.
    /// </summary>
    public DateTimeOffset? DueAt { get; private set; }

    public AttachmentId Id => AttachmentId.Of(MessageId, Index);

    public static Attachment At(MessageId message, int index, RemoteMedia media) =>
        new() { MessageId = message, Index = index, MediaType = media.MediaType, Url = media.Url, State = AttachmentState.Remote };

    /// <summary>Has its own address shown to clients, and never fetches it.</summary>
    public void ShowLink() => Mode = MediaMode.Link;

    /// <summary>Keeps it as soon as it is fetched.</summary>
    public void KeepIt() => Mode = MediaMode.Keep;

    /// <summary>Notes that it is being fetched.</summary>
    public void BeginFetch(MediaFile file, DateTimeOffset giveUpAt)
    {
        if (State != AttachmentState.Remote) throw new BrokenRuleException("Only what lies elsewhere is fetched.");
        (State, File, DueAt) = (AttachmentState.Fetching, file, giveUpAt);
    }

    /// <summary>
    /// Notes that it is a file that a client gave us: it is there already, may be others' too, and lies nowhere else.
    /// </summary>
    public void Hold(MediaFile file, KeptMedia media, DateTimeOffset until)
    {
        (Mode, File, Url) = (MediaMode.Keep, file, $"/media/attachments/{Id}");
        Keep(media, until);
    }

    /// <summary>Holds the file of another message's attachment, for the same time from now on.</summary>
    public void HoldLike(Attachment other, DateTimeOffset until) =>
        Hold(other.File!.Value, new KeptMedia(other.MimeType!, other.SizeBytes!.Value, other.Width, other.Height), until);

    /// <summary>Keeps its file longer: something still needs it.</summary>
    public void KeepUntil(DateTimeOffset until) => DueAt = until;

    /// <summary>Notes that its file is there.</summary>
    public void Keep(KeptMedia media, DateTimeOffset until)
    {
        (State, DueAt) = (AttachmentState.Kept, until);
        (MimeType, SizeBytes, Width, Height) = (media.MimeType, media.SizeBytes, media.Width, media.Height);
    }

    /// <summary>Notes that it will not be had. Returns the file that may be there all the same.</summary>
    public MediaFile? GiveUp(bool isGone) => Drop(isGone ? AttachmentState.Expired : AttachmentState.Failed);

    /// <summary>
    /// Notes that its time is over; what was only fetched to be looked at lies where it lay. Returns the file to be removed.
    /// </summary>
    public MediaFile? Purge() => Drop(Mode == MediaMode.Keep ? AttachmentState.Purged : AttachmentState.Remote);

    private MediaFile? Drop(AttachmentState state)
    {
        var file = File;
        (State, File, DueAt) = (state, null, null);
        return file;
    }
}

/// <summary>An attachment that lies somewhere else.</summary>
/// <param name="MediaType"><c>image</c>, <c>video</c>, <c>audio</c> or <c>file</c>.</param>
/// <param name="Url">Where.</param>
internal sealed record RemoteMedia(string MediaType, string Url);
