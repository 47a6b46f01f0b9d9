using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Events;

/// <summary>A download is over, well or not.</summary>
/// <param name="AttachmentId">The attachment; null for the picture of a contact.</param>
/// <param name="File">
/// The name that the command gave. Unless it was kept, the store has it removed: an attempt whose process died may have left it.
/// </param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Content">What was kept; null unless <see cref="MediaOutcome.Kept"/>.</param>
/// <param name="Reason">Why not, as a stable snake_case code; null when it was kept.</param>
/// <param name="At">When it ended (UTC).</param>
public sealed record MediaReported(
    AttachmentId? AttachmentId, MediaFile File, MediaOutcome Outcome, KeptMedia? Content, string? Reason, DateTimeOffset At);

/// <summary>How a download ended.</summary>
public enum MediaOutcome
{
    /// <summary>The file is in the storage.</summary>
    Kept,

    /// <summary>It cannot be had, or may not be kept; nothing is tried any more.</summary>
    Failed,

    /// <summary>It is gone from where it lay.</summary>
    Expired,
}

/// <summary>What is in a file of the media storage.</summary>
/// <param name="MimeType">What its bytes are.</param>
/// <param name="SizeBytes">How many.</param>
/// <param name="Width">Pixels of a picture; null when it is none, or cannot be read.</param>
/// <param name="Height">Pixels of a picture; null when it is none, or cannot be read.</param>
public sealed record KeptMedia(string MimeType, long SizeBytes, int? Width, int? Height);
