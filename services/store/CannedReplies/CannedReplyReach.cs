using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Access;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.CannedReplies;

/// <summary>
/// Who reads and who writes a saved reply. One for an account is read and written by whoever sees the account, one for all is read by
/// everybody and written by who sees all.
/// </summary>
internal static class CannedReplyReach
{
    /// <summary>More than anybody finds something among, and few enough that no tenant fills the table.</summary>
    public const int MostOfAPlace = 500;

    /// <summary>Whether a caller may write what is offered in these places.</summary>
    public static bool Covers(Caller caller, IEnumerable<CannedReplyPlace> places) =>
        caller.Accounts.IsAll || places.All(place => place.Account is { } account && caller.CanSee(account));

    /// <summary>
    /// Judges, in the transaction that writes, whether a caller may have a reply in these accounts. Of an account that they do not see
    /// nothing is told, not even whether it exists.
    /// </summary>
    /// <param name="db">The transaction's view.</param>
    /// <param name="caller">Who writes.</param>
    /// <param name="accounts">The accounts; null for all.</param>
    /// <returns>Why not; null when they may.</returns>
    public static async Task<ProblemHttpResult?> FaultAsync(StoreDbContext db, Caller caller, IReadOnlyList<AccountId>? accounts)
    {
        if (await EffectiveAccess.AgainAsync(db, caller) is not { } current)
            return Problems.Of(StatusCodes.Status401Unauthorized, "unauthorized");
        if (accounts is null)
            return current.Accounts.IsAll ? null : Forbidden("Only who sees all accounts writes replies for all of them.");
        if (accounts.Any(account => !current.CanSee(account))) return Forbidden("One of account_ids is not an account that you see.");
        return await AccountIds.UnknownAsync(db, accounts) is [var unknown, ..]
            ? Problems.Invalid(("account_ids", $"There is no account {unknown}."))
            : null;
    }

    /// <summary>
    /// Finds a reply that the caller sees, with all its places, and keeps others from writing it meanwhile; null when there is none.
    /// </summary>
    public static async Task<(CannedReply Reply, List<CannedReplyPlace> Places)?> FindAsync(StoreDbContext db, Caller caller, string id)
    {
        var reply = await db.Set<CannedReply>().ForUpdate().SingleOrDefaultAsync(row => row.Id == id);
        if (reply is null) return null;
        var places = await db.Set<CannedReplyPlace>().Where(row => row.ReplyId == id).ToListAsync();
        var isSeen = caller.Accounts.IsAll || places.Exists(
            place => place.IsEverywhere || (place.Account is { } account && caller.CanSee(account)));
        return isSeen ? (reply, places) : null;
    }

    /// <summary>Says that a place is full, or that another reply has the shortcut in one of the places; null when neither is so.</summary>
    public static async Task<ProblemHttpResult?> ClashAsync(
        StoreDbContext db, string replyId, string shortcut, IReadOnlyCollection<string> places)
    {
        var key = CannedReplyFields.KeyOf(shortcut);
        var others = db.Set<CannedReplyPlace>().Where(row => places.Contains(row.Place) && row.ReplyId != replyId);
        if (await others.AnyAsync(row => row.ShortcutKey == key))
            return Problems.Of(
                StatusCodes.Status409Conflict, "shortcut_taken", $"Another saved reply of one of these accounts is called {shortcut}.");
        return await others.GroupBy(row => row.Place).AnyAsync(rows => rows.Count() >= MostOfAPlace)
            ? Problems.Of(
                StatusCodes.Status409Conflict, "too_many_canned_replies", $"An account has at most {MostOfAPlace} saved replies.")
            : null;
    }

    /// <summary>Refuses somebody who sees a saved reply and may not change it.</summary>
    public static ProblemHttpResult NotYours() => Forbidden("This saved reply is also for accounts that you do not see.");

    /// <summary>The places of accounts; null for all.</summary>
    public static List<string> PlacesOf(IReadOnlyList<AccountId>? accounts) =>
        accounts is null ? [CannedReplyPlace.Everywhere] : [.. accounts.Select(account => account.Value)];

    private static ProblemHttpResult Forbidden(string detail) =>
        Problems.Of(StatusCodes.Status403Forbidden, "account_not_yours", detail);
}
