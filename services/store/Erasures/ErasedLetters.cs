using InstaMessenger.Hosting.Bus;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Erasures;

/// <summary>Removes dead letters: they could not be handled, and must not be handled any more.</summary>
internal static class ErasedLetters
{
    private const int AtOnce = 100;

    /// <summary>Does a part of it and returns whether there is more.</summary>
    public static async Task<bool> EraseSomeAsync(StoreDbContext db, Erasure erasure)
    {
        var letters = await db.Set<DeadLetter>().Where(row => row.Id > erasure.Walked && row.CreatedAt <= erasure.AskedAt)
            .OrderBy(row => row.Id).Select(row => new { row.Id, row.Body }).Take(AtOnce).ToListAsync();
        if (letters.Count == 0) return false;
        List<string> ids =
        [
            erasure.AccountId.Value,
            .. await db.AccountIdentifiers.Where(row => row.AccountId == erasure.AccountId).Select(row => row.ExternalId).ToListAsync(),
        ];
        string?[] contact = erasure.IsOfAccount ? [] : [erasure.ContactId!.Value.Value, erasure.ConversationId?.Value];
        var erased = letters.FindAll(letter => LetterText.Names(letter.Body, ids, contact)).ConvertAll(letter => letter.Id);
        if (erased.Count > 0)
            erasure.Count("dead_letters", await db.Set<DeadLetter>().Where(row => erased.Contains(row.Id)).ExecuteDeleteAsync());
        erasure.WalkTo(letters[^1].Id);
        return letters.Count == AtOnce;
    }
}
