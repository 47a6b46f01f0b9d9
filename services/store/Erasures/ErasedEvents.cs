using InstaMessenger.Hosting.Bus;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Erasures;

/// <summary>
/// Takes what events say out of the log. They keep their place, type and time, because the sequence has no gaps, and are shown with
/// <c>data</c> null.
/// </summary>
internal static class ErasedEvents
{
    private const int AtOnce = 300;

    /// <summary>Empties events and returns how many were not empty.</summary>
    public static Task<int> BlankAsync(StoreDbContext db, List<long> sequences)
    {
        byte[] nothing = [];
        return sequences.Count == 0
            ? Task.FromResult(0)
            : db.Events.Where(row => sequences.Contains(row.Sequence) && row.Body != nothing)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.Body, nothing));
    }

    /// <summary>Does a part of it and returns whether there is more.</summary>
    public static async Task<bool> EraseSomeAsync(StoreDbContext db, Erasure erasure)
    {
        var rows = await db.Events
            .Where(row => row.AccountId == erasure.AccountId && row.Sequence > erasure.Walked && row.Sequence <= erasure.UpToSequence)
            .OrderBy(row => row.Sequence).Select(row => new { row.Sequence, row.Type, row.ConversationId }).Take(AtOnce).ToListAsync();
        if (rows.Count == 0) return false;
        var erased = rows.FindAll(row => erasure.IsOfAccount ? row.Type != EventTypes.AccountDisconnected
            : row.ConversationId == erasure.ConversationId && row.ConversationId is not null && row.Type != EventTypes.ContactErased)
            .ConvertAll(row => row.Sequence);
        if (!erasure.IsOfAccount)
        {
            var loose = rows.FindAll(row => row.ConversationId is null && row.Sequence <= erasure.AskedAtSequence)
                .ConvertAll(row => row.Sequence);
            var bodies = await db.Events.Where(row => loose.Contains(row.Sequence) && row.Type != EventTypes.ContactErased)
                .Select(row => new { row.Sequence, row.Body }).ToListAsync();
            erased.AddRange(bodies.Where(row => LetterText.Holds(row.Body, erasure.ContactId!.Value.Value)).Select(row => row.Sequence));
        }

        erasure.Count("events", await BlankAsync(db, erased));
        erasure.WalkTo(rows[^1].Sequence);
        return rows.Count == AtOnce;
    }
}
