using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary>
/// Decides who may see what: an admin everything, an agent the accounts they are a member of, a key what its owner sees and its scope
/// allows. A user who is deleted or deactivated sees nothing, and neither do their keys.
/// </summary>
internal static class EffectiveAccess
{
    public static async Task<Caller?> OfUserAsync(StoreDbContext db, string userId, CancellationToken cancellationToken)
    {
        var user = await db.Set<User>().Where(row => row.Id == userId && row.DeactivatedAt == null)
            .Select(row => new { row.Role, row.Username }).SingleOrDefaultAsync(cancellationToken);
        if (user is null) return null;
        var isAdmin = user.Role == UserRole.Admin;
        var reach = isAdmin ? AccountReach.All : AccountReach.Of(await MembershipsAsync(db, userId, cancellationToken));
        return new Caller(userId, CallerKind.User, userId, isAdmin, reach, Name: user.Username);
    }

    public static async Task<Caller?> OfKeyAsync(StoreDbContext db, ApiKey key, CancellationToken cancellationToken)
    {
        if (await OfUserAsync(db, key.UserId, cancellationToken) is not { } owner) return null;
        var caller = owner with { Id = key.Id, Kind = CallerKind.Key, Scopes = key.Scopes, Name = key.Name, ExpiresAt = key.ExpiresAt };
        if (!key.Scoped) return caller;
        var scope = await db.ReadableAsync(
            db.Set<ApiKeyAccount>().Where(row => row.KeyId == key.Id).Select(row => row.AccountId).OrderBy(id => id), cancellationToken);
        return caller with { IsAdmin = false, Accounts = AccountReach.Of(scope.Where(owner.CanSee)) };
    }

    /// <summary>
    /// Reads the caller as they are now, in the transaction that decides. What they could see when the request came may have grown (they
    /// linked the account in parallel) or gone. Null when they are deleted or deactivated, or their key is revoked.
    /// </summary>
    public static async Task<Caller?> AgainAsync(StoreDbContext db, Caller caller, CancellationToken cancellationToken = default)
    {
        if (caller.Kind == CallerKind.User) return await OfUserAsync(db, caller.UserId, cancellationToken);
        var key = await db.Set<ApiKey>().AsNoTracking()
            .SingleOrDefaultAsync(row => row.Id == caller.Id && row.RevokedAt == null, cancellationToken);
        return key is null ? null : await OfKeyAsync(db, key, cancellationToken);
    }

    /// <summary>
    /// Gives a caller an account that they have just linked: the owner becomes a member, and a scoped key gets it into its scope.
    /// </summary>
    public static async Task GrantAsync(StoreDbContext db, Caller caller, AccountId account)
    {
        if (await OfUserAsync(db, caller.UserId, CancellationToken.None) is { IsAdmin: false } agent && !agent.CanSee(account))
            db.Add(new Membership { UserId = caller.UserId, AccountId = account });
        if (caller.Kind == CallerKind.Key && await db.Set<ApiKey>().AnyAsync(key => key.Id == caller.Id && key.Scoped))
            db.Add(new ApiKeyAccount { KeyId = caller.Id, AccountId = account });
    }

    private static Task<IReadOnlyList<AccountId>> MembershipsAsync(StoreDbContext db, string userId, CancellationToken cancellationToken) =>
        db.ReadableAsync(
            db.Set<Membership>().Where(row => row.UserId == userId).Select(row => row.AccountId).OrderBy(id => id), cancellationToken);
}
