using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary><c>GET /api/v1/api-keys</c>, oldest first, without the revoked ones.</summary>
internal static class ListApiKeys
{
    public static void MapListApiKeys(this IEndpointRouteBuilder routes) => routes.MapGet("", HandleAsync)
        .Needs(Scopes.Manage)
        .WithSummary("Your API keys (an admin's: all), oldest first.");

    private static async Task<Ok<Page<ApiKeyView>>> HandleAsync(
        Caller caller, IDbContextFactory<StoreDbContext> factory, IdCursor<ApiKey>? cursor, int? limit, CancellationToken cancellationToken)
    {
        var (size, after) = (PageLimit.Of(limit), IdCursor<ApiKey>.After(cursor));
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var visible = await VisibleKeys.OfAsync(db, caller, cancellationToken);
        var keys = await db.ReadableAsync(
            visible.Where(key => string.Compare(key.Id, after) > 0).OrderBy(key => key.Id).Take, size + 1, cancellationToken);
        var ids = keys.Select(key => key.Id).ToList();
        var ofKeys = db.Set<ApiKeyAccount>().Where(row => ids.Contains(row.KeyId)).OrderBy(row => row.KeyId).ThenBy(row => row.AccountId);
        var scopes = (await db.ReadableAsync(ofKeys, cancellationToken))
            .ToLookup(row => row.KeyId, row => row.AccountId);
        return TypedResults.Ok(Page.Of(keys, size, key => ApiKeyView.Of(key, scopes[key.Id]), key => new IdCursor<ApiKey>(key.Id)));
    }
}
