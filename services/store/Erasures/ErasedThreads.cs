using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Media;
using InstaMessenger.Store.Outbound;
using InstaMessenger.Store.Search;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Erasures;

/// <summary>
/// Erases threads, some messages at a time: with what was attached, sent, indexed, scheduled, or kept before it came. A thread that has
/// younger messages stays with those.
/// </summary>
internal sealed class ErasedThreads(MediaPurgeSignal purges)
{
    private const int MostThreads = 50;

    /// <summary>Few, because on SQLite every other writer waits for the unit.</summary>
    private const int MostMessages = 100;

    /// <summary>Does a part of it.</summary>
    /// <param name="erasure">The erasure, locked.</param>
    /// <param name="again">Whether what was written beside the request is looked for.</param>
    /// <returns>Whether there is more.</returns>
    public async Task<bool> EraseSomeAsync(WorkScope<StoreDbContext> scope, Erasure erasure, bool again)
    {
        var db = scope.Db;
        // In the order of an index: those that stay have younger messages, and are passed by.
        var from = DateTimeOffset.FromUnixTimeMilliseconds(erasure.Walked);
        var found = await Of(db, erasure, again).Where(row => row.LastMessageAt >= from)
            .OrderBy(row => row.LastMessageAt).ThenBy(row => row.Id).Select(row => new { row.Id, row.LastMessageAt }).Take(MostThreads)
            .ToListAsync();
        if (found.Count == 0) return false;
        var ids = found.ConvertAll(row => row.Id);
        var threads = await db.Conversations.ForUpdate().Where(row => ids.Contains(row.Id)).ToListAsync();
        // Nothing new comes into the thread of a contact: whoever writes since has another one.
        var limit = erasure.IsOfAccount || again ? erasure.AskedAt : DateTimeOffset.MaxValue;
        var messages = await db.Messages.Include(message => message.Attachments)
            .Where(message => ids.Contains(message.ConversationId) && (message.SentAt <= limit || message.ReceivedAt <= limit))
            .OrderBy(message => message.ConversationId).ThenBy(message => message.Sequence).Take(MostMessages).ToListAsync();
        await EraseAsync(scope, erasure, messages);
        scope.AfterCommit(purges.Wake);
        if (messages.Count == MostMessages) return true;
        var gone = await EndAsync(db, erasure, threads);
        erasure.WalkTo(found[^1].LastMessageAt.ToUnixTimeMilliseconds() + (gone == 0 ? 1 : 0));
        return ids.Count == MostThreads;
    }

    private static IQueryable<Conversation> Of(StoreDbContext db, Erasure erasure, bool again) =>
        erasure.IsOfAccount ? db.Conversations.Where(row => row.AccountId == erasure.AccountId)
        : again ? db.Conversations.Where(row => row.AccountId == erasure.AccountId && row.ContactId == erasure.ContactId)
        : db.Conversations.Where(row => row.Id == erasure.ConversationId);

    private static async Task EraseAsync(WorkScope<StoreDbContext> scope, Erasure erasure, List<Message> messages)
    {
        if (messages.Count == 0) return;
        var db = scope.Db;
        var files = messages.SelectMany(message => message.Attachments).Select(attachment => attachment.File).OfType<MediaFile>()
            .Select(file => (MediaFile?)file).ToList();
        var mids = messages.Select(message => message.InstagramMessageId).OfType<InstagramMessageId>().ToList();
        erasure.Count("messages", messages.Count);
        erasure.Count("attachments", messages.Sum(message => message.Attachments.Count));
        await IdempotencyRecord.EraseAsync(db, messages);
        foreach (var message in messages) TakenBackMedia.Remove(scope, message);
        db.RemoveRange(messages);
        await EraseScheduledAsync(db, erasure, messages);
        await db.Set<EarlyChange>().Where(row => row.AccountId == erasure.AccountId && mids.Contains(row.InstagramMessageId))
            .ExecuteDeleteAsync();
        await EraseUnplacedAsync(scope, erasure, mids);
        await db.SaveChangesAsync();
        await EraseUploadsAsync(db, erasure, files);
    }

    /// <summary>
    /// What is still to be sent of them. No index knows a scheduled send by its messages, so it is looked for only when some were
    /// scheduled, and only among those of the account.
    /// </summary>
    private static async Task EraseScheduledAsync(StoreDbContext db, Erasure erasure, List<Message> messages)
    {
        var ids = messages.Where(message => message.ScheduleAt is not null).Select(message => message.Id).ToList();
        if (ids.Count == 0) return;
        await db.Set<ScheduledSend>()
            .Where(row => row.AccountId == erasure.AccountId && (ids.Contains(row.FirstId) || ids.Contains(row.LastId)))
            .ExecuteDeleteAsync();
    }

    /// <summary>Files that were uploaded for these messages, and that no other message holds.</summary>
    private static async Task EraseUploadsAsync(StoreDbContext db, Erasure erasure, List<MediaFile?> files)
    {
        if (files.Count == 0) return;
        var uploads = await db.Set<Upload>().ForUpdate()
            .Where(row => row.AccountId == erasure.AccountId && files.Contains(row.File)).ToListAsync();
        if (uploads.Count == 0) return;
        var held = await db.Set<Attachment>().Where(row => files.Contains(row.File)).Select(row => row.File).ToListAsync();
        uploads.RemoveAll(upload => held.Contains(upload.File));
        db.RemoveRange(uploads);
        db.AddRange(uploads.Select(upload => MediaPurge.Of(upload.File)));
    }

    /// <summary>Events that tell of these messages as they came, without the contact.</summary>
    private static async Task EraseUnplacedAsync(WorkScope<StoreDbContext> scope, Erasure erasure, List<InstagramMessageId> mids)
    {
        var shown = mids.ConvertAll(mid => (MessageId?)MessageId.Unplaced(erasure.AccountId, mid));
        var events = await scope.Db.Events.Where(row => shown.Contains(row.MessageId))
            .Select(row => new { row.Sequence, row.Id }).ToListAsync();
        if (events.Count == 0) return;
        erasure.Count("events", await ErasedEvents.BlankAsync(scope.Db, events.ConvertAll(row => row.Sequence)));
        scope.Publish(new EraseData(erasure.Id, 0, erasure.AccountId, null, null, erasure.AskedAt, 0)
        {
            Events = events.ConvertAll(row => row.Id),
        });
    }

    /// <summary>Removes threads that are empty and returns how many; of the others the list shows what is left.</summary>
    private static async Task<int> EndAsync(StoreDbContext db, Erasure erasure, List<Conversation> threads)
    {
        var ids = threads.ConvertAll(thread => thread.Id);
        var left = await db.Messages.Where(message => ids.Contains(message.ConversationId))
            .Select(message => message.ConversationId).Distinct().ToListAsync();
        var gone = threads.FindAll(thread => !left.Contains(thread.Id));
        var goneIds = gone.ConvertAll(thread => thread.Id);
        db.RemoveRange(await db.Set<ContactPicture>().Where(row => goneIds.Contains(row.ConversationId)).ToListAsync());
        await db.Set<SearchedContact>().Where(row => goneIds.Contains(row.ConversationId)).ExecuteDeleteAsync();
        db.RemoveRange(gone);
        erasure.Count("conversations", gone.Count);
        await NewestMessages.FindAsync(db, threads.FindAll(thread => left.Contains(thread.Id)));
        return gone.Count;
    }
}
