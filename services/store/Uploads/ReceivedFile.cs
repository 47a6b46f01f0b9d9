using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Uploads;

/// <summary>A file that came in with a request and lies in the media storage. Disposing removes it, unless a row may name it.</summary>
internal sealed record ReceivedFile(
    MediaFile File, MediaSignature Type, long SizeBytes, string Sha256, int? Width, int? Height, IMediaStore Store) : IAsyncDisposable
{
    /// <summary>
    /// Whether a row names it, or may: after a commit whose answer was lost nobody knows. Set it before the commit; a file without a row is
    /// then removed by the sweep of orphans.
    /// </summary>
    public bool MayHaveRow { get; set; }

    /// <summary>Makes its row.</summary>
    public Upload ToUpload(UploadId id, AccountId account, DateTimeOffset now, DateTimeOffset expiresAt) => new()
    {
        Id = id,
        AccountId = account,
        File = File,
        MediaType = Type.MediaType,
        MimeType = Type.MimeType,
        Extension = Type.Extension,
        SizeBytes = SizeBytes,
        Sha256 = Sha256,
        Width = Width,
        Height = Height,
        CreatedAt = now,
        ExpiresAt = expiresAt,
    };

    // Not by the request's token: a client that left must not leave its file.
    public async ValueTask DisposeAsync()
    {
        if (!MayHaveRow) await Store.DeleteAsync(File, CancellationToken.None);
    }
}
