using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary><c>DELETE /api/v1/api-keys/{id}</c>: the key is refused from the next request on.</summary>
internal static class RevokeApiKey
{
    public static void MapRevokeApiKey(this IEndpointRouteBuilder routes) => routes.MapDelete("{id}", HandleAsync)
        .Needs(Scopes.Manage)
        .Audited(AuditActions.ApiKeyRevoked)
        .WithSummary("Revoke an API key.");

    private static Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string id,
        Caller caller,
        AuditTrail audit,
        IUnitOfWork<StoreDbContext> unitOfWork,
        AccessChanges changes,
        TimeProvider clock,
        CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync<Results<NoContent, ProblemHttpResult>>(
            async scope =>
            {
                var now = clock.GetUtcNow();
                var visible = await VisibleKeys.OfAsync(scope.Db, caller);
                var name = await visible.Where(key => key.Id == id).Select(key => key.Name).SingleOrDefaultAsync();
                var revoked = await visible.Where(key => key.Id == id)
                    .ExecuteUpdateAsync(set => set.SetProperty(key => key.RevokedAt, now));
                scope.AfterCommit(changes.Announce);
                if (revoked == 0) return Problems.NotFound("API key");
                audit.Record(scope, id, changes: new AuditChanges().With("name", name, null));
                return TypedResults.NoContent();
            },
            cancellationToken);
}
