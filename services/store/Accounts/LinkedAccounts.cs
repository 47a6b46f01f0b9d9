using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Accounts;

/// <summary><c>GET /api/v1/accounts</c> and <c>GET /api/v1/accounts/{id}</c>: the linked accounts that the caller sees.</summary>
internal static class LinkedAccounts
{
    public static void MapLinkedAccounts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("", ListAsync).Needs(Scopes.Read).WithSummary("The linked accounts that you see, oldest first.");
        routes.MapGet("{id}", GetAsync).Needs(Scopes.Read).WithETag().WithSummary("One linked account.");
    }

    /// <summary>Finds a linked account that the caller sees; null when there is none.</summary>
    public static async Task<Account?> FindAsync(
        StoreDbContext db, Caller caller, AccountId id, CancellationToken cancellationToken = default) =>
        caller.CanSee(id)
            ? await db.Accounts.SingleOrDefaultAsync(account => account.Id == id && account.UnlinkedAt == null, cancellationToken)
            : null;

    private static async Task<Ok<Page<AccountView>>> ListAsync(
        Caller caller, IDbContextFactory<StoreDbContext> factory, AccountCursor? cursor, int? limit, CancellationToken cancellationToken)
    {
        var size = PageLimit.Of(limit);
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var linked = db.Accounts.Where(account => account.UnlinkedAt == null);
        if (!caller.Accounts.IsAll) linked = linked.Where(account => caller.Accounts.Listed.ToList().Contains(account.Id));
        if (cursor is { Id: var last }) linked = linked.Where(account => account.Id > last);
        var accounts = await db.ReadableAsync(linked.OrderBy(account => account.Id).Take, size + 1, cancellationToken);
        return TypedResults.Ok(Page.Of(accounts, size, account => AccountView.Of(account), account => new AccountCursor(account.Id)));
    }

    private static async Task<Results<Ok<AccountView>, ProblemHttpResult>> GetAsync(
        AccountId id, Caller caller, IDbContextFactory<StoreDbContext> factory, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(db, caller, id, cancellationToken) is not { } account) return Problems.NotFound("account");
        return TypedResults.Ok(AccountView.Of(account));
    }
}
