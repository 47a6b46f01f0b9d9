using InstaMessenger.Hosting.Bus;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Erasures;

/// <summary>Removes dead letters: they could not be handled, and must not be handled any more.</summary>
internal static class ErasedLetters
{
    /// <summary>Does a part of it and returns whether there is more.</summary>
    public static async Task<bool> EraseSomeAsync(StoreDbContext db, Erasure erasure)
    {
        List<string> ids =
        [
            erasure.AccountId.Value,
            .. await db.AccountIdentifiers.Where(row => row.AccountId == erasure.AccountId).Select(row => row.ExternalId).ToListAsync(),
        ];
        string?[] contact = erasure.IsOfAccount ? [] : [erasure.ContactId!.Value.Value, erasure.ConversationId?.Value];
        var (erased, last, hasMore) = await LetterErasure.EraseSomeAsync(db, erasure.Walked, erasure.AskedAt, ids, contact);
        if (erased > 0) erasure.Count("dead_letters", erased);
        erasure.WalkTo(last);
        return hasMore;
    }
}
