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
        routes.MapGet("{id}", GetAsync).Needs(Scopes.Read).WithSummary("One linked account.");
    }

    /// <summary>Finds a linked account that the caller sees; null when there is none.</summary>
    public static async Task<Account?> FindAsync(
        StoreDbContext db, Caller caller, AccountId id, CancellationToken cancellationToken = default) =>
        caller.CanSee(id)
            ? await db.Accounts.SingleOrDefaultAsync(account => account.Id == id && account.UnlinkedAt == null, cancellationToken)
            : null;

    private static async Task<Ok<Page<AccountView>>> ListAsync(
        Caller caller, IDbContextFactory<StoreDbContext> factory, IdCursor? cursor, int? limit, CancellationToken cancellationToken)
    {
        var (size, after) = (PageLimit.Of(limit), IdCursor.After(cursor));
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var linked = db.Accounts.Where(account => account.UnlinkedAt == null);
        if (!caller.Accounts.IsAll) linked = linked.Where(account => caller.Accounts.Listed.ToList().Contains(account.Id));
        // The casts let EF compare the column of a converted id; they are never run.
        linked = linked.Where(account => string.Compare((string)(object)account.Id, after) > 0);
        var accounts = await db.ReadableAsync(linked.OrderBy(account => account.Id).Take, size + 1, cancellationToken);
        return TypedResults.Ok(Page.Of(accounts, size, account => AccountView.Of(account), account => new IdCursor(account.Id.Value)));
    }

    private static async Task<Results<Ok<AccountView>, ProblemHttpResult>> GetAsync(
        AccountId id, Caller caller, IDbContextFactory<StoreDbContext> factory, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(db, caller, id, cancellationToken) is not { } account) return Problems.NotFound("account");
        return TypedResults.Ok(AccountView.Of(account));
    }
}
