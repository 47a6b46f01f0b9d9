using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Accounts;

/// <summary><c>GET /api/v1/accounts</c> and <c>GET /api/v1/accounts/{id}</c>: the linked accounts that the caller sees.</summary>
internal static class LinkedAccounts
{
    public static async Task<Page<AccountView>> ListAsync(
        Caller caller, IDbContextFactory<StoreDbContext> factory, string? cursor, int? limit, CancellationToken cancellationToken)
    {
        var size = PageLimit.Of(limit);
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var linked = db.Accounts.Where(account => account.UnlinkedAt == null);
        if (caller.Accounts is { } visible) linked = linked.Where(account => visible.ToList().Contains(account.Id));
        // The casts are how EF compares the column of a converted id; they are never run.
        if (cursor is not null) linked = linked.Where(account => string.Compare((string)(object)account.Id, cursor) > 0);
        var accounts = await linked.OrderBy(account => account.Id).Take(size + 1).ToListAsync(cancellationToken);
        var next = accounts.Count > size ? accounts[size - 1].Id.Value : null;
        return new Page<AccountView>([.. accounts.Take(size).Select(account => AccountView.Of(account))], next);
    }

    public static async Task<IResult> GetAsync(AccountId id, Caller caller, IDbContextFactory<StoreDbContext> factory, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        return await FindAsync(db, caller, id, cancellationToken) is { } account ? TypedResults.Ok(AccountView.Of(account)) : Problems.NotFound("account");
    }

    /// <summary>A linked account that the caller sees.</summary>
    public static async Task<Account?> FindAsync(StoreDbContext db, Caller caller, AccountId id, CancellationToken cancellationToken = default) =>
        caller.CanSee(id) ? await db.Accounts.SingleOrDefaultAsync(account => account.Id == id && account.UnlinkedAt == null, cancellationToken) : null;
}
