using System.Text.Json;
using InstaMessenger.CrmForwarder.Claims;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Endpoints;

/// <summary>
/// <c>POST /api/v1/webhook-endpoints/{id}/test</c>: posts a <c>webhook.test</c> event once, signed like all others, and tells what came of
/// it. It is not in the event log, is not tried again, and changes nothing of the endpoint, which may be paused.
/// </summary>
internal static class TestEndpoint
{
    private const string Type = "webhook.test";

    public static void MapTestEndpoint(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/webhook-endpoints/{id}/test", HandleAsync)
            .Needs(Scopes.Manage)
            .Audited(AuditActions.EndpointTested)
            .Refuses(StatusCodes.Status409Conflict, "endpoint_inactive")
            .WithTags("CRM webhooks")
            .WithSummary("Post a test event now, and see what the endpoint answers.");

    private static async Task<Results<Ok<TestResult>, ProblemHttpResult>> HandleAsync(
        string id,
        Caller caller,
        AuditTrail audit,
        IDbContextFactory<CrmForwarderDbContext> factory,
        IUnitOfWork<CrmForwarderDbContext> unitOfWork,
        EndpointSecrets secrets,
        DeliveryClient client,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var endpoint = await db.Endpoints.SeenBy(db, caller).SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        if (endpoint is null or { State: EndpointState.Removed, AccountId: null }) return Problems.NotFound("webhook endpoint");
        if (endpoint.Url is not { } url)
            return Problems.Of(StatusCodes.Status409Conflict, "endpoint_inactive", "The account names no crm_webhook_url: give it one.");

        var (eventId, now) = (EventId.New(clock), clock.GetUtcNow());
        // Before the post: that something went out there must be known, whatever became of it.
        await unitOfWork.ExecuteAsync(
            scope =>
            {
                audit.Record(scope, id, endpoint.AccountId);
                return Task.CompletedTask;
            },
            cancellationToken);
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                id = eventId,
                sequence = (long?)null,
                type = Type,
                account_id = endpoint.AccountId,
                conversation_id = (string?)null,
                occurred_at = now,
                data = new { webhook_endpoint_id = id },
            },
            ApiJson.Options);
        var target = new DeliveryTarget(id, url, secrets.ForPosts(endpoint), id, endpoint.Proven, ProcessLease.Alone);
        var result = await client.PostAsync(target, new DueDelivery(0, eventId, null, body, null, 0, 0, now), cancellationToken);
        return TypedResults.Ok(new TestResult(
            eventId,
            result.Verdict == Verdict.Delivered,
            result.Status,
            ErrorWords.Of(result.Error, result.Status),
            (int)result.Duration.TotalMilliseconds,
            result.Answer));
    }

    /// <summary>What came of a test.</summary>
    /// <param name="EventId">The <c>webhook-id</c>.</param>
    /// <param name="Delivered">Whether it was answered with 2xx.</param>
    /// <param name="Status">The HTTP status; null when there was no answer.</param>
    /// <param name="Error">What went wrong, as a sentence; null when it was delivered.</param>
    /// <param name="LatencyMs">Until the answer, in milliseconds.</param>
    /// <param name="Answer">The first 1 KiB of the answer, when it is text.</param>
    internal sealed record TestResult(EventId EventId, bool Delivered, int? Status, string? Error, int LatencyMs, string? Answer);
}
