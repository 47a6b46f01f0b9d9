using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Accounts;

/// <summary>
/// Keeps the ids of an account its own when it is unlinked or names another channel: whoever had them next would be given the messages that
/// customers write to it meanwhile. Only a caller who sees the account may use them for another one; an admin can release them.
/// </summary>
internal static class ReservedIds
{
    /// <summary>
    /// Takes ids for an account: each leads to one account, of whichever kind it is. Returns the problem when one of them is somebody
    /// else's.
    /// </summary>
    public static async Task<ProblemHttpResult?> TakeAsync(StoreDbContext db, Caller caller, AccountId account, List<string> ids)
    {
        var others = await db.AccountIdentifiers.Where(row => ids.Contains(row.ExternalId) && row.AccountId != account).ToListAsync();
        foreach (var row in others)
        {
            var holder = await db.Accounts.SingleAsync(other => other.Id == row.AccountId);
            // Meta has just said whose these are now, and no webhook names them.
            if (row.Kind is IdentifierKind.AppScoped or IdentifierKind.Page)
            {
                db.Remove(row);
                continue;
            }

            if (IsInUse(holder, row)) return Problems.Of(
                StatusCodes.Status409Conflict, "channel_taken", "The webhooks of that id go to another account: unlink it there first.");
            if (!caller.CanSee(holder.Id)) return Reserved();
            Release(db, holder, row);
        }

        return null;
    }

    public static ProblemHttpResult Reserved() =>
        Problems.Of(
            StatusCodes.Status409Conflict,
            "identifier_reserved",
            "That id is reserved for the account that had it; an admin can release it or give you access to the account.");

    /// <summary>Whether webhooks of that id are now recorded for the account.</summary>
    public static bool IsInUse(Account holder, AccountIdentifier row) => holder.UnlinkedAt is null && holder.Owns(row.ExternalId);

    /// <summary>Lets the next account that names the id have it. What came for it until now still goes to nobody but the holder.</summary>
    public static void Release(StoreDbContext db, Account holder, AccountIdentifier row)
    {
        db.Remove(row);
        holder.ReleaseChannel(row.ExternalId);
    }
}
