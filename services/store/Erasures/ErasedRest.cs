using InstaMessenger.Hosting.Bus;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Inbound;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Erasures;

/// <summary>
/// Erases what stands beside the threads: comments, what waits in quarantine, and of an account its uploads and its history.
/// </summary>
internal static class ErasedRest
{
    private const int AtOnce = 100;

    /// <summary>Does a part of it and returns whether there is more.</summary>
    public static async Task<bool> EraseSomeAsync(StoreDbContext db, Erasure erasure)
    {
        var isMore = await EraseCommentsAsync(db, erasure);
        if (erasure.IsOfAccount) isMore |= await EraseUploadsAsync(db, erasure) | await EraseChangesAsync(db, erasure);
        return await EraseQuarantineAsync(db, erasure) || isMore;
    }

    private static async Task<bool> EraseCommentsAsync(StoreDbContext db, Erasure erasure)
    {
        var comments = await db.Comments.Where(row => row.AccountId == erasure.AccountId && row.CommentedAt <= erasure.AskedAt
            && (erasure.IsOfAccount || row.ContactId == erasure.ContactId)).OrderBy(row => row.CommentId).Take(AtOnce).ToListAsync();
        db.RemoveRange(comments);
        erasure.Count("comments", comments.Count);
        return comments.Count == AtOnce;
    }

    private static async Task<bool> EraseUploadsAsync(StoreDbContext db, Erasure erasure)
    {
        var uploads = await db.Set<Upload>().Where(row => row.AccountId == erasure.AccountId && row.CreatedAt <= erasure.AskedAt)
            .OrderBy(row => row.ExpiresAt).Take(AtOnce).ToListAsync();
        db.RemoveRange(uploads);
        db.AddRange(uploads.Select(upload => MediaPurge.Of(upload.File)));
        erasure.Count("uploads", uploads.Count);
        return uploads.Count == AtOnce;
    }

    private static async Task<bool> EraseChangesAsync(StoreDbContext db, Erasure erasure)
    {
        var changes = await db.Set<EarlyChange>().Where(row => row.AccountId == erasure.AccountId && row.KeptAt <= erasure.AskedAt)
            .OrderBy(row => row.KeptAt).Take(AtOnce).ToListAsync();
        db.RemoveRange(changes);
        await db.Set<AccountHistory>().Where(row => row.AccountId == erasure.AccountId && row.LinkedAt <= erasure.AskedAt)
            .ExecuteDeleteAsync();
        return changes.Count == AtOnce;
    }

    /// <summary>What waits for an account under one of its ids; of a contact, what names them.</summary>
    private static async Task<bool> EraseQuarantineAsync(StoreDbContext db, Erasure erasure)
    {
        var ids = await db.AccountIdentifiers.Where(row => row.AccountId == erasure.AccountId).Select(row => row.ExternalId).ToListAsync();
        var rows = await db.Set<QuarantinedWebhook>()
            .Where(row => row.Id > erasure.Walked && row.ReceivedAt <= erasure.AskedAt
                && (row.ReservedFor == erasure.AccountId
                    || (row.ReservedFor == null && (ids.Contains(row.ChannelId) || ids.Contains(row.BusinessId!)
                        || ids.Contains(row.UnsaidBusinessId!)))))
            .OrderBy(row => row.Id).Take(AtOnce).ToListAsync();
        if (rows.Count == 0) return false;
        var erased = rows.FindAll(row => erasure.IsOfAccount || LetterText.Holds(row.Body, erasure.ContactId!.Value.Value));
        db.RemoveRange(erased);
        erasure.Count("quarantined", erased.Count);
        erasure.WalkTo(rows[^1].Id);
        return rows.Count == AtOnce;
    }
}
