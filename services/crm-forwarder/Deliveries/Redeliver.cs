using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// <c>POST /api/v1/deliveries/{id}/redeliver</c>: posts a delivery again now, whatever became of it, with the same <c>webhook-id</c> and
/// the whole retry schedule ahead of it.
/// </summary>
internal static class Redeliver
{
    public static void MapRedeliver(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/deliveries/{id:long}/redeliver", HandleAsync)
            .Needs(Scopes.Manage)
            .Idempotent<CrmForwarderDbContext>()
            .Audited(AuditActions.DeliveryRedelivered)
            .Refuses(StatusCodes.Status409Conflict, "endpoint_inactive", "account_not_taken")
            .WithTags("CRM webhooks")
            .WithSummary("Posts a delivery again, now; the same event with the same webhook-id.");

    public static ProblemHttpResult Inactive() => Problems.Of(
        StatusCodes.Status409Conflict,
        "endpoint_inactive",
        "The endpoint is paused, disabled or gone: resume it, or change the account's crm_webhook_url.");

    private static async Task<Results<Accepted<DeliveryView>, ProblemHttpResult>> HandleAsync(
        long id,
        Caller caller,
        AuditTrail audit,
        KeyedRequest keyed,
        IDbContextFactory<CrmForwarderDbContext> factory,
        IUnitOfWork<CrmForwarderDbContext> unitOfWork,
        DeliveryMailbox mailbox,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var delivery = await db.Deliveries.Where(row => row.Id == id).SeenBy(db, caller).Select(DeliveryView.Of)
            .SingleOrDefaultAsync(cancellationToken);
        if (delivery is null) return Problems.NotFound("delivery");
        if (!await db.Endpoints.AnyAsync(row => row.Id == delivery.EndpointId && row.State == EndpointState.Active, cancellationToken))
            return Inactive();
        if (!await db.Deliveries.Where(row => row.Id == id).StillTaken(db).AnyAsync(cancellationToken))
            return Problems.Of(StatusCodes.Status409Conflict, "account_not_taken", "The endpoint takes no events of its account any more.");

        var now = clock.GetUtcNow();
        var answer = TypedResults.Accepted((string?)null, delivery with { State = DeliveryState.Pending, NextAttemptAt = now });
        return await unitOfWork.ExecuteAsync(
            async scope =>
            {
                await scope.Db.Deliveries.Where(row => row.Id == id).ExecuteUpdateAsync(set => set
                    .SetProperty(row => row.State, DeliveryState.Pending)
                    .SetProperty(row => row.ReplayId, (string?)null)
                    .SetProperty(row => row.Failures, 0)
                    .SetProperty(row => row.DueAt, now));
                scope.AfterCommit(() => mailbox.NewDeliveries([delivery.EndpointId]));
                audit.Record(scope, $"{id}", delivery.AccountId, new AuditChanges().With("state", delivery.State, DeliveryState.Pending));
                return await keyed.KeepAsync(scope, answer);
            },
            cancellationToken);
    }
}
