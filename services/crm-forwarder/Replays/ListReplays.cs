using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Replays;

/// <summary><c>GET /api/v1/webhook-endpoints/{id}/replays</c>, latest first, and one of them.</summary>
internal static class ListReplays
{
    public static void MapListReplays(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/webhook-endpoints/{id}/replays", ListAsync)
            .Needs(Scopes.Read)
            .WithTags("CRM webhooks")
            .WithSummary("The replays of an endpoint of the last 30 days, latest first.");
        routes.MapGet("/api/v1/webhook-endpoints/{id}/replays/{replayId}", ShowAsync)
            .Needs(Scopes.Read)
            .WithTags("CRM webhooks")
            .WithSummary("One replay, and how far it is.");
    }

    private static async Task<Results<Ok<Page<ReplayView>>, ProblemHttpResult>> ListAsync(
        string id,
        Caller caller,
        IDbContextFactory<CrmForwarderDbContext> factory,
        IdCursor<EndpointReplay>? cursor,
        int? limit,
        CancellationToken cancellationToken)
    {
        var size = PageLimit.Of(limit);
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        if (!await db.Endpoints.SeenBy(db, caller).AnyAsync(row => row.Id == id, cancellationToken))
            return Problems.NotFound("webhook endpoint");
        var replays = db.Replays.AsNoTracking().Where(row => row.EndpointId == id);
        if (cursor is { Id: var before }) replays = replays.Where(row => string.Compare(row.Id, before) < 0);
        var rows = await db.ReadableAsync(replays.OrderByDescending(row => row.Id).Take, size + 1, cancellationToken);
        return TypedResults.Ok(Page.Of(rows, size, ReplayView.Of, row => new IdCursor<EndpointReplay>(row.Id)));
    }

    private static async Task<Results<Ok<ReplayView>, ProblemHttpResult>> ShowAsync(
        string id, string replayId, Caller caller, IDbContextFactory<CrmForwarderDbContext> factory, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        if (!await db.Endpoints.SeenBy(db, caller).AnyAsync(row => row.Id == id, cancellationToken))
            return Problems.NotFound("webhook endpoint");
        var replay = await db.Replays.AsNoTracking().SingleOrDefaultAsync(
            row => row.Id == replayId && row.EndpointId == id, cancellationToken);
        return replay is null ? Problems.NotFound("replay") : TypedResults.Ok(ReplayView.Of(replay));
    }
}
