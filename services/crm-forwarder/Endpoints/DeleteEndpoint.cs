using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.CrmForwarder.Endpoints;

/// <summary><c>DELETE /api/v1/webhook-endpoints/{id}</c>: nothing is posted there any more, also nothing that waits.</summary>
internal static class DeleteEndpoint
{
    public static void MapDeleteEndpoint(this IEndpointRouteBuilder routes) =>
        routes.MapDelete("/api/v1/webhook-endpoints/{id}", HandleAsync)
            .Needs(Scopes.Manage)
            .Audited(AuditActions.EndpointDeleted)
            .Refuses(StatusCodes.Status409Conflict, "belongs_to_account")
            .WithTags("CRM webhooks")
            .WithSummary("Delete an endpoint; what waits for it is not posted any more.");

    private static Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string id,
        Caller caller,
        AuditTrail audit,
        EndpointSecrets secrets,
        IUnitOfWork<CrmForwarderDbContext> unitOfWork,
        DeliveryMailbox mailbox,
        TimeProvider clock,
        CancellationToken cancellationToken) => unitOfWork.ExecuteAsync<Results<NoContent, ProblemHttpResult>>(
        async scope =>
        {
            if (await LockedEndpoint.FindAsync(scope.Db, caller, id) is not { } endpoint) return Problems.NotFound("webhook endpoint");
            if (endpoint.AccountId is not null)
                return Problems.Of(
                    StatusCodes.Status409Conflict,
                    "belongs_to_account",
                    "It is an account's crm_webhook_url: set that to null.");
            var view = (await EndpointView.OfAsync(scope.Db, secrets, [endpoint], clock.GetUtcNow()))[0];
            audit.Record(scope, id, view.AccountIds is [var only] ? only : null, EndpointAudit.Of(view, null));
            endpoint.Remove(clock.GetUtcNow());
            scope.AfterCommit(() => mailbox.EndpointChanged(id));
            return TypedResults.NoContent();
        },
        cancellationToken);
}
