using InstaMessenger.Hosting.Media;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Media;

/// <summary>
/// Small pictures for lists. Two are made at a time in a process: each may need as much memory as a large picture has, and one core.
/// </summary>
internal sealed class Thumbnails(IMediaStore store) : IDisposable
{
    public const int Smallest = 32;
    public const int Largest = 1024;
    public const string MimeType = "image/jpeg";

    /// <summary>No picture that can be decoded within the limit of pixels is larger.</summary>
    private const int MostBytes = 32 * 1024 * 1024;

    private readonly SemaphoreSlim _places = new(2);

    /// <summary>Makes a JPEG of a picture that is kept; null when it is no picture, cannot be read, is too large or is gone.</summary>
    public async Task<byte[]?> MakeAsync(Attachment attachment, int size, CancellationToken cancellationToken)
    {
        if (attachment.MimeType?.StartsWith("image/", StringComparison.Ordinal) != true || attachment.SizeBytes > MostBytes) return null;
        await _places.WaitAsync(cancellationToken);
        try
        {
            await using var content = await store.OpenAsync(attachment.File!.Value, cancellationToken);
            if (content is null || content.Length > MostBytes) return null;
            var picture = new byte[content.Length];
            await content.ReadExactlyAsync(picture, cancellationToken);
            return Pictures.Thumbnail(picture, size);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();
}
