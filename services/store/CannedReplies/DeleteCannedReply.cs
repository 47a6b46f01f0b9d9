using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.Store.CannedReplies;

/// <summary><c>DELETE /api/v1/canned-replies/{id}</c>.</summary>
internal static class DeleteCannedReply
{
    public static void MapDeleteCannedReply(this IEndpointRouteBuilder routes) => routes.MapDelete("{id}", HandleAsync)
        .Needs(Scopes.Manage)
        .Audited(AuditActions.CannedReplyDeleted)
        .WithSummary("Delete a saved reply.");

    private static Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string id, Caller caller, AuditTrail audit, IUnitOfWork<StoreDbContext> unitOfWork, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync<Results<NoContent, ProblemHttpResult>>(
            async scope =>
            {
                if (await CannedReplyReach.FindAsync(scope.Db, caller, id) is not var (reply, places))
                    return Problems.NotFound("canned reply");
                if (!CannedReplyReach.Covers(caller, places)) return CannedReplyReach.NotYours();
                var view = CannedReplyView.Of(reply, places, caller);
                audit.Record(scope, id, view.AccountIds is [var only] ? only : null, AuditChanges.Of(view, null));
                scope.Db.RemoveRange(places);
                scope.Db.Remove(reply);
                return TypedResults.NoContent();
            },
            cancellationToken);
}
