using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.CrmForwarder.Endpoints;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Replays;

/// <summary>
/// The body of <c>POST /api/v1/webhook-endpoints/{id}/replay</c>: <c>from</c> or <c>after_sequence</c> says where it begins.
/// </summary>
/// <param name="From">Events of this time and later ones (UTC).</param>
/// <param name="To">Events before this time (UTC); null for all up to now.</param>
/// <param name="AfterSequence">Events behind this sequence; 0 for all that the log still has.</param>
/// <param name="EventTypes">Only events of these types; null for all that the endpoint takes.</param>
internal sealed record ReplayRequest(
    DateTimeOffset? From = null, DateTimeOffset? To = null, long? AfterSequence = null, IReadOnlyList<string?>? EventTypes = null);

/// <summary>
/// <c>POST /api/v1/webhook-endpoints/{id}/replay</c>: posts a part of the event log anew, also what the endpoint never had, with the
/// <c>webhook-id</c>s of then. It goes behind whatever happens meanwhile.
/// </summary>
internal static class BeginReplay
{
    public static void MapBeginReplay(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/webhook-endpoints/{id}/replay", HandleAsync)
            .Needs(Scopes.Manage)
            .Idempotent<CrmForwarderDbContext>()
            .Audited(AuditActions.EndpointReplayBegun)
            .Refuses(StatusCodes.Status403Forbidden, "scope_exceeded")
            .Refuses(StatusCodes.Status409Conflict, "endpoint_inactive", "replay_running")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithTags("CRM webhooks")
            .WithSummary("Post events of the log anew, from a time or a sequence on, behind what happens meanwhile.")
            .WithDescription(
                "An endpoint has one replay at a time: the same request again is answered with the one that runs, another one 409 "
                    + "replay_running.");

    private static async Task<Results<Accepted<ReplayView>, ProblemHttpResult>> HandleAsync(
        string id,
        ReplayRequest? request,
        Caller caller,
        AuditTrail audit,
        KeyedRequest keyed,
        IUnitOfWork<CrmForwarderDbContext> unitOfWork,
        ReplaySignal signal,
        TimeProvider clock,
        CancellationToken cancellationToken) => await unitOfWork.ExecuteAsync(
            scope => BeginAsync(scope, caller, id, request ?? new ReplayRequest(), signal, audit, keyed, clock.GetUtcNow()),
            cancellationToken);

    private static async Task<Results<Accepted<ReplayView>, ProblemHttpResult>> BeginAsync(
        WorkScope<CrmForwarderDbContext> scope,
        Caller caller,
        string id,
        ReplayRequest request,
        ReplaySignal signal,
        AuditTrail audit,
        KeyedRequest keyed,
        DateTimeOffset now)
    {
        // Locked, so that of two that are begun at once one finds the other.
        if (await LockedEndpoint.FindAsync(scope.Db, caller, id) is not { } endpoint) return Problems.NotFound("webhook endpoint");
        if (LastingReceivers.UnreadRefusal(caller) is { } refusal) return refusal;
        if (Faults(request, now) is { Length: > 0 } faults) return Problems.Invalid(faults);
        if (endpoint.State != EndpointState.Active) return Redeliver.Inactive();
        var (from, to, after) = (Whole(request.From), Whole(request.To), request.AfterSequence);
        var types = EventFilter.Stored(request.EventTypes?.OfType<string>());
        var running = await scope.Db.Replays.AsNoTracking().FirstOrDefaultAsync(
            row => row.EndpointId == id && row.State == ReplayState.Running);
        if (running?.IsSame(from, to, after, types) == false)
        {
            return Problems.Of(
                StatusCodes.Status409Conflict,
                "replay_running",
                $"{running.Id} is not over yet: wait for it, or cancel it.",
                ("replay_id", running.Id));
        }

        var replay = running ?? scope.Db.Add(EndpointReplay.Of(id, from, to, after, types, now)).Entity;
        audit.Record(scope, id, endpoint.AccountId, AuditChanges.Of(null, ReplayView.Of(replay)));
        scope.AfterCommit(signal.Wake);
        return await keyed.KeepAsync(scope, Accepted(replay));
    }

    private static Accepted<ReplayView> Accepted(EndpointReplay replay) => TypedResults.Accepted(
        $"/api/v1/webhook-endpoints/{replay.EndpointId}/replays/{replay.Id}", ReplayView.Of(replay));

    private static (string Field, string Error)[] Faults(ReplayRequest request, DateTimeOffset now)
    {
        var faults = new List<(string Field, string Error)>();
        if (request.From is null == request.AfterSequence is null) faults.Add(("from", "Give from or after_sequence, one of them."));
        if (request.From > now) faults.Add(("from", "It is in the future."));
        if (request.To <= request.From) faults.Add(("to", "It is after from."));
        if (request.AfterSequence < 0) faults.Add(("after_sequence", "It is 0 or more."));
        if (request.EventTypes is { Count: 0 }) faults.Add(("event_types", "At least one; null for all that the endpoint takes."));
        faults.AddRange((request.EventTypes ?? []).Where(type => type is null || !EventFilter.Known.Contains(type))
            .Select(_ => ("event_types", $"Known are {string.Join(", ", EventFilter.Known)}.")).Take(1));
        return [.. faults];
    }

    /// <summary>As it is stored, so that the same request is recognised.</summary>
    private static DateTimeOffset? Whole(DateTimeOffset? time) =>
        time is { } given ? DateTimeOffset.FromUnixTimeMilliseconds(given.ToUnixTimeMilliseconds()) : null;
}
