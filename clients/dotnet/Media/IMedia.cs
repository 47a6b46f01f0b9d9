using Refit;

namespace InstaMessenger.Client;

/// <summary>Files to be sent.</summary>
public interface IMedia
{
    /// <summary>Keeps a file for a day, to be sent by its id as often as you like.</summary>
    /// <param name="accountId">The account that will send it.</param>
    /// <param name="file">JPEG, PNG or GIF up to 8 MiB; video, audio or PDF up to 25 MiB. The type is what its bytes say.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Multipart]
    [Post("/api/v1/media")]
    Task<Upload> UploadAsync(
        [AliasAs("account_id")] string accountId, [AliasAs("file")] ByteArrayPart file, CancellationToken cancellationToken = default);
}

/// <summary>A file that is kept to be sent.</summary>
/// <param name="Id"><c>up_…</c>: a <see cref="SendMessage.AttachmentId"/>.</param>
/// <param name="Url">Where Meta fetches it; null when the product has no public address.</param>
/// <param name="MediaType"><c>image</c>, <c>video</c>, <c>audio</c> or <c>file</c>.</param>
/// <param name="MimeType">What its bytes are.</param>
/// <param name="SizeBytes">How many.</param>
/// <param name="Width">Pixels of a picture.</param>
/// <param name="Height">Pixels of a picture.</param>
/// <param name="ExpiresAt">Until when it can be sent (UTC).</param>
public sealed record Upload(
    string Id, string? Url, string MediaType, string MimeType, long SizeBytes, int? Width, int? Height, DateTimeOffset ExpiresAt);
