using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.CrmForwarder.Endpoints;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Replays;

/// <summary>
/// <c>POST /api/v1/webhook-endpoints/{id}/replays/{replayId}/cancel</c>: nothing more of it is posted but what is under way.
/// </summary>
internal static class CancelReplay
{
    public static void MapCancelReplay(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/webhook-endpoints/{id}/replays/{replayId}/cancel", HandleAsync)
            .Needs(Scopes.Manage)
            .Audited(AuditActions.EndpointReplayCancelled)
            .WithTags("CRM webhooks")
            .WithSummary("End a replay; one that is over stays as it is.");

    private static Task<Results<Ok<ReplayView>, ProblemHttpResult>> HandleAsync(
        string id,
        string replayId,
        Caller caller,
        AuditTrail audit,
        IUnitOfWork<CrmForwarderDbContext> unitOfWork,
        DeliveryMailbox mailbox,
        TimeProvider clock,
        CancellationToken cancellationToken) => unitOfWork.ExecuteAsync<Results<Ok<ReplayView>, ProblemHttpResult>>(
        async scope =>
        {
            if (await LockedEndpoint.FindAsync(scope.Db, caller, id) is not { } endpoint) return Problems.NotFound("webhook endpoint");
            var replay = await scope.Db.Replays.Where(row => row.Id == replayId && row.EndpointId == id).ForUpdate().SingleOrDefaultAsync();
            if (replay is null) return Problems.NotFound("replay");
            var before = ReplayView.Of(replay);
            if (replay.State == ReplayState.Running) await EndAsync(scope, replay, mailbox, clock.GetUtcNow());
            audit.Record(scope, id, endpoint.AccountId, AuditChanges.Of(before, ReplayView.Of(replay)));
            return TypedResults.Ok(ReplayView.Of(replay));
        },
        cancellationToken);

    /// <summary>Ends a replay, and puts its deliveries that are not posted yet back to how they stood before.</summary>
    public static async Task EndAsync(
        WorkScope<CrmForwarderDbContext> scope, EndpointReplay replay, DeliveryMailbox mailbox, DateTimeOffset now)
    {
        replay.End(ReplayState.Cancelled, now);
        var (id, endpoint) = (replay.Id, replay.EndpointId);
        var rest = scope.Db.Deliveries.Where(
            row => row.EndpointId == endpoint && row.State == DeliveryState.Replaying && row.ReplayId == id);
        // One that was never posted was made by the replay alone.
        await rest.Where(row => row.Attempts == 0).ExecuteDeleteAsync();
        await rest.Where(row => row.DeliveredAt != null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, DeliveryState.Delivered));
        await rest.ExecuteUpdateAsync(set => set.SetProperty(row => row.State, DeliveryState.Dead));
        scope.AfterCommit(() => mailbox.EndpointChanged(endpoint));
    }
}
