using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Endpoints;

/// <summary><c>GET /api/v1/webhook-endpoints</c>: where the events of the caller's accounts go. Never a secret.</summary>
internal static class ListWebhookEndpoints
{
    public static void MapListWebhookEndpoints(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/webhook-endpoints", HandleAsync)
            .Needs(Scopes.Read)
            .WithTags("CRM webhooks")
            .WithSummary("The endpoints of your accounts, and whether they are posted to.");

    private static async Task<Ok<Page<EndpointView>>> HandleAsync(
        Caller caller, IDbContextFactory<CrmForwarderDbContext> factory, IdCursor? cursor, int? limit, CancellationToken cancellationToken)
    {
        var (size, after) = (PageLimit.Of(limit), IdCursor.After(cursor));
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        IQueryable<WebhookEndpoint> endpoints = db.Endpoints;
        if (!caller.Accounts.IsAll) endpoints = endpoints.Where(row => caller.Accounts.Listed.ToList().Contains(row.AccountId));
        var rows = await db.ReadableAsync(
            endpoints.Where(row => string.Compare(row.Id, after) > 0).OrderBy(row => row.Id).Take, size + 1, cancellationToken);
        return TypedResults.Ok(Page.Of(rows, size, EndpointView.Of, row => new IdCursor(row.Id)));
    }

    /// <summary>An endpoint as clients see it; without event types it takes all of them.</summary>
    internal sealed record EndpointView(
        string Id,
        string? Url,
        IReadOnlyList<AccountId> AccountIds,
        IReadOnlyList<string>? EventTypes,
        string Description,
        EndpointState State,
        DateTimeOffset CreatedAt,
        DateTimeOffset? DisabledAt)
    {
        public static EndpointView Of(WebhookEndpoint row) => new(
            row.Id, row.Url, [row.AccountId], null, "crm_webhook_url of the account", row.State, row.CreatedAt,
            row.State == EndpointState.Disabled ? row.ChangedAt : null);
    }
}
