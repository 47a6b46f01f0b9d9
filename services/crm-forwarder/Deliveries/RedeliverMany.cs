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
/// The body of <c>POST /api/v1/webhook-endpoints/{id}/redeliver</c>: what is left out does not narrow, and none is needed.
/// </summary>
/// <param name="DeliveryIds">These, whatever became of them, at most 1,000; null for all that were given up.</param>
/// <param name="From">Only of events that came at or after this time (UTC).</param>
/// <param name="To">Only of events that came before this time (UTC).</param>
internal sealed record RedeliveryRequest(
    IReadOnlyList<long>? DeliveryIds = null, DateTimeOffset? From = null, DateTimeOffset? To = null);

/// <summary>
/// <c>POST /api/v1/webhook-endpoints/{id}/redeliver</c>: posts many deliveries again, with the same <c>webhook-id</c>s. They go behind what
/// is due already, with no more posts at a time than any others.
/// </summary>
internal static class RedeliverMany
{
    /// <summary>One call takes so many, so that no other writer waits long; the answer says whether there are more.</summary>
    private const int Most = 1_000;

    public static void MapRedeliverMany(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/webhook-endpoints/{id}/redeliver", HandleAsync)
            .Needs(Scopes.Manage)
            .Idempotent<CrmForwarderDbContext>()
            .Audited(AuditActions.EndpointRedelivered)
            .Refuses(StatusCodes.Status409Conflict, "endpoint_inactive")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithTags("CRM webhooks")
            .WithSummary("Post again what was given up, up to 1,000 deliveries in a call; or these deliveries.");

    private static async Task<Results<Accepted<Redelivery>, ProblemHttpResult>> HandleAsync(
        string id,
        RedeliveryRequest? request,
        Caller caller,
        AuditTrail audit,
        KeyedRequest keyed,
        IUnitOfWork<CrmForwarderDbContext> unitOfWork,
        DeliveryMailbox mailbox,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        request ??= new RedeliveryRequest();
        if (request.DeliveryIds is { Count: 0 or > Most }) return Problems.Invalid(("delivery_ids", $"1 to {Most}."));
        if (request.From >= request.To) return Problems.Invalid(("from", "It is before to."));
        return await unitOfWork.ExecuteAsync(
            scope => AgainAsync(scope, caller, id, request, mailbox, audit, keyed, clock.GetUtcNow()), cancellationToken);
    }

    private static async Task<Results<Accepted<Redelivery>, ProblemHttpResult>> AgainAsync(
        WorkScope<CrmForwarderDbContext> scope,
        Caller caller,
        string id,
        RedeliveryRequest request,
        DeliveryMailbox mailbox,
        AuditTrail audit,
        KeyedRequest keyed,
        DateTimeOffset now)
    {
        var seen = scope.Db.Endpoints.SeenBy(scope.Db, caller).Where(row => row.Id == id);
        var states = await seen.Select(row => row.State).ToListAsync();
        if (states is not [var state]) return Problems.NotFound("webhook endpoint");
        if (state != EndpointState.Active) return Redeliver.Inactive();

        var rows = scope.Db.Deliveries.Where(row => row.EndpointId == id).SeenBy(caller).StillTaken(scope.Db);
        rows = request.DeliveryIds is { } given
            ? rows.Where(row => given.Contains(row.Id))
            : rows.Where(row => row.State == DeliveryState.Dead);
        if (request.From is { } from) rows = rows.Where(row => row.CreatedAt >= from);
        if (request.To is { } to) rows = rows.Where(row => row.CreatedAt < to);
        var found = await rows.OrderBy(row => row.DueAt).ThenBy(row => row.Id).Select(row => row.Id).Take(Most + 1).ToListAsync();
        var ids = found.Take(Most).ToList();
        await scope.Db.Deliveries.Where(row => ids.Contains(row.Id)).ExecuteUpdateAsync(set => set
            .SetProperty(row => row.State, DeliveryState.Pending)
            .SetProperty(row => row.ReplayId, (string?)null)
            .SetProperty(row => row.Failures, 0)
            .SetProperty(row => row.DueAt, now));
        audit.Record(scope, id, changes: new AuditChanges().With("redelivered", null, ids.Count));
        if (ids.Count > 0) scope.AfterCommit(() => mailbox.NewDeliveries([id]));
        return await keyed.KeepAsync(scope, TypedResults.Accepted((string?)null, new Redelivery(ids.Count, found.Count > Most)));
    }

    /// <summary>What is posted again.</summary>
    /// <param name="Redelivered">How many deliveries.</param>
    /// <param name="More">Whether as many more are left: call again.</param>
    internal sealed record Redelivery(int Redelivered, bool More);
}
