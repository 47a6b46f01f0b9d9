using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Endpoints;

/// <summary>The body of <c>POST /api/v1/webhook-endpoints</c>.</summary>
/// <param name="Url">Where events are posted to.</param>
/// <param name="AccountIds">The accounts whose events it takes; null for all, also later ones, for callers who see all.</param>
/// <param name="EventTypes">The types that it takes; null for all, also later ones.</param>
/// <param name="Description">What it is for, at most 200 characters.</param>
/// <param name="Headers">Headers for each post, at most 20: none of ours, none that belongs to the connection.</param>
/// <param name="Ordered">Whether a conversation's events wait behind one that is tried again; false by default.</param>
/// <param name="MaxPerSecond">Posts begun in a second, at most (1 to 1,000); null for no such limit.</param>
internal sealed record NewEndpoint(
    string? Url,
    IReadOnlyList<string?>? AccountIds = null,
    IReadOnlyList<string?>? EventTypes = null,
    string? Description = null,
    IReadOnlyDictionary<string, string?>? Headers = null,
    bool? Ordered = null,
    int? MaxPerSecond = null)
{
    /// <summary>Leaves the headers out, wherever the record is printed.</summary>
    public override string ToString() => nameof(NewEndpoint);
}

/// <summary><c>POST /api/v1/webhook-endpoints</c>.</summary>
internal static class CreateEndpoint
{
    /// <summary>Endpoints that one user may have, so that none can multiply every event without end.</summary>
    private const int MostPerOwner = 100;

    private static readonly Dictionary<string, string> NoHeaders = [];

    public static void MapCreateEndpoint(this IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/webhook-endpoints", HandleAsync)
        .Needs(Scopes.Manage)
        .Idempotent<CrmForwarderDbContext>()
        .Audited(AuditActions.EndpointCreated)
        .WithETag()
        .Refuses(StatusCodes.Status403Forbidden, "account_not_yours", "key_expires", "scope_exceeded")
        .Refuses(StatusCodes.Status409Conflict, "too_many_endpoints")
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
        .WithTags("CRM webhooks")
        .WithSummary("Make an endpoint; its secret is shown this once.");

    private static async Task<Results<Created<EndpointView>, ProblemHttpResult>> HandleAsync(
        NewEndpoint request,
        Caller caller,
        AuditTrail audit,
        KeyedRequest keyed,
        OutboundRules outbound,
        EndpointSecrets secrets,
        IUnitOfWork<CrmForwarderDbContext> unitOfWork,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var fields = new EndpointFields(outbound);
        var accounts = request.AccountIds is null ? null : fields.Accounts(request.AccountIds);
        if (accounts is null && !caller.Accounts.IsAll) fields.Fault("account_ids", "Name the accounts: you do not see all of them.");
        var now = clock.GetUtcNow();
        var endpoint = new WebhookEndpoint
        {
            Id = "whe_" + Guid.CreateVersion7(now).ToString("n"),
            OwnerId = caller.UserId,
            CreatedAt = now,
            AllAccounts = accounts is null,
            EventTypes = fields.EventTypes(request.EventTypes),
            Description = fields.Description(request.Description),
            Ordered = request.Ordered ?? false,
            MaxPerSecond = fields.MaxPerSecond(request.MaxPerSecond),
        };
        endpoint.MoveTo(fields.Url(request.Url), now);
        var headers = fields.Headers(request.Headers, NoHeaders);
        if (fields.Faults is { Length: > 0 } faults) return Problems.Invalid(faults);
        if ((AccountsOf.Refusal(caller, accounts) ?? LastingReceivers.Refusal(caller)) is { } refusal) return refusal;
        endpoint.ProtectedHeaders = secrets.Protect(endpoint, headers);
        var (secret, stored) = secrets.New(endpoint);
        endpoint.Rotate(stored, now);
        return await unitOfWork.ExecuteAsync(
            scope => AddAsync(scope, endpoint, accounts ?? [], secrets, secret, audit, keyed, now), cancellationToken);
    }

    private static async Task<Results<Created<EndpointView>, ProblemHttpResult>> AddAsync(
        WorkScope<CrmForwarderDbContext> scope,
        WebhookEndpoint endpoint,
        IReadOnlyList<AccountId> accounts,
        EndpointSecrets secrets,
        string secret,
        AuditTrail audit,
        KeyedRequest keyed,
        DateTimeOffset now)
    {
        var db = scope.Db;
        var owner = endpoint.OwnerId;
        var owned = db.Endpoints.Where(row => row.OwnerId == owner && row.State != EndpointState.Removed);
        // The oldest is held to the end, so that of many that are made at once each counts those before it.
        var oldest = await owned.OrderBy(row => row.Id).Select(row => row.Id).FirstOrDefaultAsync();
        if (oldest is not null) await db.Endpoints.Where(row => row.Id == oldest).ForUpdate().Select(row => row.Id).ToListAsync();
        if (await owned.CountAsync() >= MostPerOwner)
            return Problems.Of(StatusCodes.Status409Conflict, "too_many_endpoints", $"At most {MostPerOwner}. Delete one first.");
        db.Add(endpoint);
        await db.SaveChangesAsync();
        await BulkInsert.EntitiesAsync(
            db, [.. accounts.Select(account => new EndpointAccount { AccountId = account, EndpointId = endpoint.Id })]);
        var view = (await EndpointView.OfAsync(db, secrets, [endpoint], now))[0];
        audit.Record(scope, endpoint.Id, accounts is [var only] ? only : null, EndpointAudit.Of(null, view));
        return await keyed.KeepAsync(
            scope, TypedResults.Created($"/api/v1/webhook-endpoints/{endpoint.Id}", view with { Secret = secret }));
    }
}
