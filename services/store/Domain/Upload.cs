using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;

namespace InstaMessenger.Store.Domain;

/// <summary>
/// A file that a client gave to be sent. It is its account's alone. What is sent of it belongs to the message too, and outlives the upload.
/// </summary>
internal sealed class Upload
{
    public long Sequence { get; private set; }

    public required UploadId Id { get; init; }

    public required AccountId AccountId { get; init; }

    /// <summary>Its name in the media storage, where it lies before there is this row.</summary>
    public required MediaFile File { get; init; }

    /// <summary><c>image</c>, <c>video</c>, <c>audio</c> or <c>file</c>: what its bytes say.</summary>
    public required string MediaType { get; init; }

    public required string MimeType { get; init; }

    /// <summary>The extension of its type, without a dot; nothing of the name that the client gave it.</summary>
    public required string Extension { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>Lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Pixels of a picture; null for what is no picture.</summary>
    public required int? Width { get; init; }

    /// <inheritdoc cref="Width"/>
    public required int? Height { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From then on nobody can send it (UTC).</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>What stands for its URL in content.</summary>
    public string Url => StoredMedia.UrlOf(File, Extension);
}
