using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Media;

/// <summary>
/// Keeps the pictures of contacts, because Meta's address of one dies in days. The one that is shown stays until the next one is there. An
/// account that shows Meta's links shows those of pictures too.
/// </summary>
internal sealed class ContactPictures(EventLog log, TimeProvider clock)
{
    /// <summary>The sender tries for about three hours. What is silent for so long is asked for anew.</summary>
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(2);

    /// <summary>Reads the pictures of threads, which must be locked, into the unit.</summary>
    public static Task LoadAsync(StoreDbContext db, IReadOnlyCollection<ConversationId> conversations) =>
        db.Set<ContactPicture>().Where(row => conversations.Contains(row.ConversationId)).LoadAsync();

    /// <summary>Takes over which picture a contact has now. Returns whether clients see another one at once.</summary>
    /// <param name="scope">The unit, into which the thread's pictures are loaded.</param>
    /// <param name="account">The thread's account.</param>
    /// <param name="thread">The contact's thread.</param>
    /// <param name="url">Meta's address of the picture; null for none.</param>
    /// <param name="traceParent">The trace it belongs to.</param>
    public bool Take(WorkScope<StoreDbContext> scope, Account account, Conversation thread, string? url, string? traceParent)
    {
        var known = Of(scope.Db, thread.Id);
        if (url is null || account.MediaMode == MediaMode.Link)
        {
            scope.Db.RemoveRange(known);
            return thread.ShowPicture(url);
        }

        var now = clock.GetUtcNow();
        var wanted = known.Find(row => row.Shows(url) && (row.IsKept || row.DueAt > now));
        scope.Db.RemoveRange(known.Where(row => row != wanted && !row.IsKept));
        if (wanted is { IsKept: true }) wanted.KeepUntil(now + TimeSpan.FromDays(account.MediaKeepDays));
        if (wanted is not null) return false;
        var picture = ContactPicture.Of(thread.Id, url, now + GiveUpAfter);
        scope.Db.Add(picture);
        scope.Publish(new FetchMedia(null, account.Id, url, MediaTypes.Image, picture.File), traceParent);
        return false;
    }

    /// <summary>
    /// Takes what the sender says of pictures. A report that comes again changes nothing. The file of one that nobody waits for any more is
    /// removed.
    /// </summary>
    public async Task ReportAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<MediaReported>> items)
    {
        if (items.Count == 0) return;
        var owners = await LoadAsync(scope.Db, [.. items.Select(item => item.Body.File)]);
        foreach (var item in items)
        {
            if (Find(scope.Db, item.Body.File) is not { } picture)
            {
                scope.Db.Add(MediaPurge.Of(item.Body.File));
            }
            else if (!picture.IsKept && item.Body is { Outcome: MediaOutcome.Kept, Content: { } content })
            {
                var (thread, account) = owners[picture.ConversationId];
                scope.Db.RemoveRange(Of(scope.Db, thread.Id).Where(row => row.IsKept));
                picture.Keep(content.MimeType, clock.GetUtcNow() + TimeSpan.FromDays(account.MediaKeepDays));
                Show(scope, account, thread, $"/media/contacts/{thread.Id}", item.TraceParent);
            }
            else if (!picture.IsKept)
            {
                // The next look-up asks for it again. What was shown until now is still shown.
                scope.Db.Remove(picture);
            }
        }
    }

    /// <summary>Ends pictures whose time is over at this moment.</summary>
    public async Task EndAsync(WorkScope<StoreDbContext> scope, IReadOnlyCollection<MediaFile> files)
    {
        var now = clock.GetUtcNow();
        var owners = await LoadAsync(scope.Db, files);
        foreach (var picture in files.Select(file => Find(scope.Db, file)).OfType<ContactPicture>().Where(row => row.DueAt <= now))
        {
            var (thread, account) = owners[picture.ConversationId];
            scope.Db.Remove(picture);
            if (picture.IsKept) Show(scope, account, thread, null, null);
        }
    }

    /// <summary>Tells also of one with the same address: what is there is another picture.</summary>
    private void Show(WorkScope<StoreDbContext> scope, Account account, Conversation thread, string? url, string? traceParent)
    {
        thread.ShowPicture(url);
        log.Append(
            scope, account, thread.Id, EventTypes.ContactUpdated, new ContactEventData(ContactView.Of(thread)), traceParent);
    }

    /// <summary>Reads the pictures of files and of their threads, the threads locked before them.</summary>
    private static async Task<Dictionary<ConversationId, (Conversation Thread, Account Account)>> LoadAsync(
        StoreDbContext db, IReadOnlyCollection<MediaFile> files)
    {
        var ids = await db.Set<ContactPicture>().Where(row => files.Contains(row.File)).Select(row => row.ConversationId).ToListAsync();
        var threads = await db.Conversations.ForUpdate().Where(row => ids.Contains(row.Id)).ToListAsync();
        await LoadAsync(db, ids);
        var owners = threads.ConvertAll(thread => thread.AccountId);
        var accounts = await db.Accounts.Where(account => owners.Contains(account.Id)).ToDictionaryAsync(account => account.Id);
        return threads.ToDictionary(thread => thread.Id, thread => (thread, accounts[thread.AccountId]));
    }

    private static ContactPicture? Find(StoreDbContext db, MediaFile file) =>
        db.Set<ContactPicture>().Local.FirstOrDefault(row => row.File == file);

    private static List<ContactPicture> Of(StoreDbContext db, ConversationId thread) =>
        [.. db.Set<ContactPicture>().Local.Where(row => row.ConversationId == thread)];
}
