using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Endpoints;

/// <summary>
/// <c>GET /api/v1/webhook-endpoints</c> and <c>…/{id}</c>: where the events of the caller's accounts go. Never a secret.
/// </summary>
internal static class ListWebhookEndpoints
{
    public static void MapListWebhookEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/webhook-endpoints", ListAsync)
            .Needs(Scopes.Read)
            .WithTags("CRM webhooks")
            .WithSummary("The endpoints of your accounts, and whether they are posted to.");
        routes.MapGet("/api/v1/webhook-endpoints/{id}", ShowAsync)
            .Needs(Scopes.Read)
            .WithETag()
            .WithTags("CRM webhooks")
            .WithSummary("One endpoint.");
    }

    private static async Task<Ok<Page<EndpointView>>> ListAsync(
        Caller caller,
        IDbContextFactory<CrmForwarderDbContext> factory,
        EndpointSecrets secrets,
        TimeProvider clock,
        IdCursor<WebhookEndpoint>? cursor,
        int? limit,
        CancellationToken cancellationToken)
    {
        var (size, after) = (PageLimit.Of(limit), IdCursor<WebhookEndpoint>.After(cursor));
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        // One that was deleted is not listed; an account's that has no address now is, because its log is still asked for.
        var endpoints = db.Endpoints.SeenBy(db, caller).Where(row => row.State != EndpointState.Removed || row.AccountId != null);
        var rows = await db.ReadableAsync(
            endpoints.Where(row => string.Compare(row.Id, after) > 0).OrderBy(row => row.Id).Take, size + 1, cancellationToken);
        var views = (await EndpointView.OfAsync(db, secrets, [.. rows.Take(size)], clock.GetUtcNow())).ToDictionary(view => view.Id);
        return TypedResults.Ok(Page.Of(rows, size, row => views[row.Id], row => new IdCursor<WebhookEndpoint>(row.Id)));
    }

    private static async Task<Results<Ok<EndpointView>, ProblemHttpResult>> ShowAsync(
        string id,
        Caller caller,
        IDbContextFactory<CrmForwarderDbContext> factory,
        EndpointSecrets secrets,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var endpoint = await db.Endpoints.SeenBy(db, caller).SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        return endpoint is null || endpoint is { State: EndpointState.Removed, AccountId: null }
            ? Problems.NotFound("webhook endpoint")
            : TypedResults.Ok((await EndpointView.OfAsync(db, secrets, [endpoint], clock.GetUtcNow()))[0]);
    }
}
