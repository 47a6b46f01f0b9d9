using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Hosting.Bus;

/// <summary>
/// Removes the dead letters of who is erased, a page at a time: they could not be handled, and must not be handled any more.
/// </summary>
public static class LetterErasure
{
    private const int AtOnce = 100;

    /// <summary>Looks through the next page.</summary>
    /// <param name="db">The service's database, in a unit of work.</param>
    /// <param name="after">The last letter that was looked at; 0 for none.</param>
    /// <param name="until">Letters that came later are not looked at (UTC).</param>
    /// <param name="accounts">Ids of the account, ours and Meta's.</param>
    /// <param name="contact">The contact's id, and that of their thread; empty for everything of the account.</param>
    /// <returns>How many were removed, the last one looked at, and whether there may be more.</returns>
    public static async Task<(int Erased, long Last, bool HasMore)> EraseSomeAsync(
        DbContext db, long after, DateTimeOffset until, IReadOnlyCollection<string> accounts, string?[] contact)
    {
        ArgumentNullException.ThrowIfNull(db);
        var letters = await db.Set<DeadLetter>().Where(row => row.Id > after && row.CreatedAt <= until)
            .OrderBy(row => row.Id).Select(row => new { row.Id, row.Body }).Take(AtOnce).ToListAsync();
        if (letters.Count == 0) return (0, after, false);
        var named = letters.FindAll(letter => LetterText.Names(letter.Body, accounts, contact)).ConvertAll(letter => letter.Id);
        var erased = named.Count == 0 ? 0 : await db.Set<DeadLetter>().Where(row => named.Contains(row.Id)).ExecuteDeleteAsync();
        return (erased, letters[^1].Id, letters.Count == AtOnce);
    }
}
