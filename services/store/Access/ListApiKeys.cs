using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary><c>GET /api/v1/api-keys</c>, oldest first, without the revoked ones.</summary>
internal static class ListApiKeys
{
    public static async Task<Page<ApiKeyView>> HandleAsync(
        Caller caller, IDbContextFactory<StoreDbContext> factory, string? cursor, int? limit, CancellationToken cancellationToken)
    {
        var size = PageLimit.Of(limit);
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var visible = await VisibleKeys.OfAsync(db, caller, cancellationToken);
        var keys = await visible
            .Where(key => cursor == null || string.Compare(key.Id, cursor) > 0)
            .OrderBy(key => key.Id)
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        var next = keys.Count > size ? keys[size - 1].Id : null;
        var shown = keys.Take(size).ToList();
        var ids = shown.ConvertAll(key => key.Id);
        var scopes = (await db.Set<ApiKeyAccount>().Where(row => ids.Contains(row.KeyId)).ToListAsync(cancellationToken))
            .ToLookup(row => row.KeyId, row => row.AccountId);
        return new Page<ApiKeyView>(shown.ConvertAll(key => ApiKeyView.Of(key, scopes[key.Id])), next);
    }
}
