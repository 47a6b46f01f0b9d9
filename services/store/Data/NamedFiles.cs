using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Data;

/// <summary>
/// The files of the media storage that a row still names. One file may have several owners: an upload, and each message that it was sent
/// with. It is removed when the last of them is gone. Whoever adds an owner adds it here, or its files are removed.
/// </summary>
internal static class NamedFiles
{
    public static async Task<HashSet<MediaFile>> AmongAsync(
        StoreDbContext db, IReadOnlyCollection<MediaFile> files, CancellationToken cancellationToken)
    {
        var wanted = files.Select(file => (MediaFile?)file).ToList();
        // Uploads first: a file goes from an upload to a message and never back. Asked the other way round, a file that goes over between
        // the two questions is found by neither.
        var uploaded = await db.Set<Upload>().Where(row => files.Contains(row.File)).Select(row => row.File).ToListAsync(cancellationToken);
        var attached = await db.Set<Attachment>().Where(row => wanted.Contains(row.File)).Select(row => row.File!.Value)
            .ToListAsync(cancellationToken);
        var pictures = await db.Set<ContactPicture>().Where(row => files.Contains(row.File)).Select(row => row.File)
            .ToListAsync(cancellationToken);
        return [.. attached, .. uploaded, .. pictures];
    }
}
