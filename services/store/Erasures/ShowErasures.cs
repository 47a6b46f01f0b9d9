using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Erasures;

/// <summary>
/// <c>GET /api/v1/accounts/{account_id}/erasures</c> and <c>…/{erasure_id}</c>: what was erased of an account, also once it is not linked
/// any more.
/// </summary>
internal static class ShowErasures
{
    public static void MapShowErasures(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("{account_id}/erasures", ListAsync).Needs(Scopes.Manage)
            .WithSummary("The erasures of an account and of its contacts, oldest first.");
        routes.MapGet("{account_id}/erasures/{erasure_id}", ShowAsync).Needs(Scopes.Manage).WithSummary("The report of an erasure.");
    }

    private static async Task<Results<Ok<Page<ErasureView>>, ProblemHttpResult>> ListAsync(
        AccountId account_id,
        Caller caller,
        IDbContextFactory<StoreDbContext> factory,
        IdCursor<Erasure>? cursor,
        int? limit,
        CancellationToken cancellationToken)
    {
        var (size, after) = (PageLimit.Of(limit), IdCursor<Erasure>.After(cursor));
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        if (!caller.CanSee(account_id) || !await db.Accounts.AnyAsync(row => row.Id == account_id, cancellationToken))
            return Problems.NotFound("account");
        var erasures = await db.ReadableAsync(
            first => db.Set<Erasure>().AsNoTracking().Where(row => row.AccountId == account_id && string.Compare(row.Id, after) > 0)
                .OrderBy(row => row.Id).Take(first),
            size + 1,
            cancellationToken);
        return TypedResults.Ok(Page.Of(erasures, size, ErasureView.Of, erasure => new IdCursor<Erasure>(erasure.Id)));
    }

    private static async Task<Results<Ok<ErasureView>, ProblemHttpResult>> ShowAsync(
        AccountId account_id,
        string erasure_id,
        Caller caller,
        IDbContextFactory<StoreDbContext> factory,
        CancellationToken cancellationToken)
    {
        if (!caller.CanSee(account_id)) return Problems.NotFound("erasure");
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var erasure = await db.Set<Erasure>().AsNoTracking()
            .SingleOrDefaultAsync(row => row.Id == erasure_id && row.AccountId == account_id, cancellationToken);
        return erasure is null ? Problems.NotFound("erasure") : TypedResults.Ok(ErasureView.Of(erasure));
    }
}
