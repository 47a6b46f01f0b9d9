using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary>
/// Keeps what a credential makes from outliving or exceeding it. Otherwise a key that is lent for a day, or for one thing, would be one for
/// ever and for everything. A person may make what they like; they are there to answer for it.
/// </summary>
internal static class Delegation
{
    /// <summary>Judges, in the transaction that makes it, whether the caller may make something that grants access.</summary>
    /// <param name="db">The transaction's view.</param>
    /// <param name="caller">Who makes something that grants access.</param>
    /// <param name="scopes">What it may be used for.</param>
    /// <param name="until">When it ends; null for never.</param>
    /// <returns>Why the caller may not; null when they may.</returns>
    public static async Task<ProblemHttpResult?> FaultAsync(StoreDbContext db, Caller caller, Scopes scopes, DateTimeOffset? until)
    {
        if (caller.Kind == CallerKind.User) return null;
        var key = await db.Set<ApiKey>().AsNoTracking().SingleAsync(row => row.Id == caller.Id);
        if (key.Scoped) return Forbidden("key_scoped", "A key with account_ids gives nobody access: sign in.");
        if (key.ExpiresAt is { } end && !(until <= end))
            return Forbidden(
                "key_expires",
                "What a key makes may not live longer than the key. "
                    + "A key takes an earlier expires_at; for a user or a membership, sign in.");
        return (scopes & ~key.Scopes) == Scopes.None
            ? null
            : Forbidden(
                "scope_exceeded",
                "What a key makes may not do more than the key. A key takes fewer scopes; for a user or a membership, sign in.");
    }

    private static ProblemHttpResult Forbidden(string code, string detail) => Problems.Of(StatusCodes.Status403Forbidden, code, detail);
}
