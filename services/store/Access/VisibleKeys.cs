using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary>Which keys a caller may list and revoke.</summary>
internal static class VisibleKeys
{
    /// <summary>
    /// Returns the keys that the caller may list and revoke: for an admin all; for a user, or a key without a scope, those of the user; for
    /// a scoped key only itself. Otherwise a key made for one account could take away the keys of the others.
    /// </summary>
    public static async Task<IQueryable<ApiKey>> OfAsync(StoreDbContext db, Caller caller, CancellationToken cancellationToken = default)
    {
        var live = db.Set<ApiKey>().Where(key => key.RevokedAt == null);
        if (caller.IsAdmin) return live;
        var scoped = caller.Kind == CallerKind.Key
            && await db.Set<ApiKey>().AnyAsync(key => key.Id == caller.Id && key.Scoped, cancellationToken);
        return scoped ? live.Where(key => key.Id == caller.Id) : live.Where(key => key.UserId == caller.UserId);
    }
}
