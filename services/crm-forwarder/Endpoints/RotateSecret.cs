using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.CrmForwarder.Endpoints;

/// <summary>
/// <c>POST /api/v1/webhook-endpoints/{id}/rotate-secret</c>: a new secret; the one before signs too for 24 hours, so that a receiver that
/// knows either of them verifies each post. Of the older form, which has room for one signature, it is the new one at once.
/// </summary>
internal static class RotateSecret
{
    public static void MapRotateSecret(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/webhook-endpoints/{id}/rotate-secret", HandleAsync)
            .Needs(Scopes.Manage)
            .Idempotent<CrmForwarderDbContext>()
            .Audited(AuditActions.EndpointSecretRotated)
            .Refuses(StatusCodes.Status403Forbidden, "key_expires", "scope_exceeded")
            .WithTags("CRM webhooks")
            .WithSummary("Make a new secret, shown this once; the one before signs too for 24 hours.");

    private static Task<Results<Ok<EndpointView>, ProblemHttpResult>> HandleAsync(
        string id,
        Caller caller,
        AuditTrail audit,
        KeyedRequest keyed,
        EndpointSecrets secrets,
        IUnitOfWork<CrmForwarderDbContext> unitOfWork,
        DeliveryMailbox mailbox,
        TimeProvider clock,
        CancellationToken cancellationToken) => unitOfWork.ExecuteAsync<Results<Ok<EndpointView>, ProblemHttpResult>>(
        async scope =>
        {
            if (await LockedEndpoint.FindAsync(scope.Db, caller, id) is not { } endpoint) return Problems.NotFound("webhook endpoint");
            if (LastingReceivers.Refusal(caller) is { } refusal) return refusal;
            var (now, (secret, stored)) = (clock.GetUtcNow(), secrets.New(endpoint));
            endpoint.Rotate(stored, now);
            scope.AfterCommit(() => mailbox.EndpointChanged(id));
            audit.Record(scope, id, endpoint.AccountId, new AuditChanges().WithSecret("secret"));
            var view = (await EndpointView.OfAsync(scope.Db, secrets, [endpoint], now))[0];
            return await keyed.KeepAsync(scope, TypedResults.Ok(view with { Secret = secret }));
        },
        cancellationToken);
}
