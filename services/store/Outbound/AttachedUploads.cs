using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Outbound;

/// <summary>An upload that a request refers to.</summary>
/// <param name="Id">Its id; null for the file that came with the request.</param>
/// <param name="Field">The field that names it.</param>
/// <param name="Type">What it is sent as, by the client's word; null for what its bytes say.</param>
internal sealed record AttachedUpload(UploadId? Id, string Field, string? Type)
{
    /// <summary>What stands for its URL until it is looked up. No URL looks like it.</summary>
    public string Reference => $"{Field}:{Id}";
}

/// <summary>
/// The uploads of one request. Each message holds the files that it sends, so an upload may end or be sent again, whatever becomes of
/// them.
/// </summary>
internal sealed class AttachedUploads
{
    /// <summary>How long a file is kept for a message whose account keeps no media.</summary>
    private static readonly TimeSpan Shortly = TimeSpan.FromDays(1);

    private readonly Dictionary<string, (Upload Upload, string Type)> _byReference = [];

    private AttachedUploads()
    {
    }

    /// <summary>Looks them up and holds their rows, so that none ends before the messages have its file.</summary>
    /// <returns>The uploads; else the refusal for one that is not there, is another account's, or is nothing to be sent so.</returns>
    public static async Task<(AttachedUploads? Found, Acceptance? Refusal)> FindAsync(StoreDbContext db, SendWish wish, DateTimeOffset now)
    {
        var (found, request) = (new AttachedUploads(), wish.Request);
        if (request.Uploads.Count == 0) return (found, null);
        var ids = request.Uploads.Where(upload => upload.Id is not null).Select(upload => upload.Id!.Value).Distinct().ToList();
        var rows = ids.Count == 0
            ? new Dictionary<UploadId, Upload>()
            : await db.Set<Upload>().ForUpdate()
                .Where(row => ids.Contains(row.Id) && row.AccountId == request.AccountId && row.ExpiresAt > now)
                .ToDictionaryAsync(row => row.Id);
        foreach (var wanted in request.Uploads)
        {
            if ((wanted.Id is { } id ? rows.GetValueOrDefault(id) : wish.File) is not { } upload) return (null, new Acceptance.Invalid(
                wanted.Field, "There is no such upload of this account, or its time is over."));
            // An MP4 may hold sound alone.
            var isSound = wanted.Type == MediaTypes.Audio && upload.MimeType == "video/mp4";
            if (wanted.Type is { } type && type != upload.MediaType && !isSound) return (null, new Acceptance.Invalid(
                type == MediaTypes.Image ? wanted.Field : "attachment_type", $"The file is {upload.MediaType}, by its bytes."));
            found._byReference[wanted.Reference] = (upload, wanted.Type ?? upload.MediaType);
        }

        return (found, null);
    }

    /// <summary>Writes the files' names where the references stand.</summary>
    public OutgoingContent Resolve(OutgoingContent content)
    {
        if (content is OutgoingMedia media && _byReference.TryGetValue(media.Url, out var own)) content = media with { Type = own.Type };
        return content.WithUrls(url => _byReference.TryGetValue(url, out var found) ? found.Upload.Url : url);
    }

    /// <summary>Gives a message the files that it sends.</summary>
    public void Give(Message message, Account account, DateTimeOffset sentAt)
    {
        var byUrl = _byReference.Values.Select(found => found.Upload).DistinctBy(upload => upload.Url).ToDictionary(upload => upload.Url);
        foreach (var (index, url) in StoredUrls(message))
        {
            var upload = byUrl[url];
            message.Attachments[index].Hold(
                upload.File, new KeptMedia(upload.MimeType, upload.SizeBytes, upload.Width, upload.Height), KeptUntil(account, sentAt));
        }
    }

    /// <summary>Whether a message still has all files that it was to send.</summary>
    public static bool AreKept(Message message) =>
        StoredUrls(message).All(stored => Held(message, stored.Index) is { State: AttachmentState.Kept, File: not null });

    /// <summary>Gives a new message the files of one that failed, which are kept.</summary>
    public static void PassOn(Message failed, Message anew, Account account, DateTimeOffset now)
    {
        foreach (var (index, _) in StoredUrls(anew))
            anew.Attachments[index].HoldLike(Held(failed, index)!, KeptUntil(account, now));
    }

    private static Attachment? Held(Message message, int index) =>
        message.Attachments.FirstOrDefault(attachment => attachment.Index == index);

    private static IEnumerable<(int Index, string Url)> StoredUrls(Message message) =>
        (message.Content?.AttachedUrls() ?? []).Index().Where(pair => StoredMedia.TryRead(pair.Item, out _, out _));

    private static DateTimeOffset KeptUntil(Account account, DateTimeOffset sentAt) =>
        sentAt + (account.MediaMode == MediaMode.Keep ? TimeSpan.FromDays(account.MediaKeepDays) : Shortly);
}
