using System.Text.Json;
using InstaMessenger.Contracts.Ids;
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
/// The body of <c>PATCH /api/v1/webhook-endpoints/{id}</c>; members that are left out stay unchanged. Raw JSON where null means something:
/// all accounts, all types, no description, no headers, no limit.
/// </summary>
internal sealed record ChangedEndpoint
{
    /// <summary>Where events are posted to.</summary>
    public string? Url { get; init; }

    /// <summary>The accounts whose events it takes.</summary>
    public JsonElement AccountIds { get; init; }

    /// <summary>The types that it takes.</summary>
    public JsonElement EventTypes { get; init; }

    /// <summary>What it is for.</summary>
    public JsonElement Description { get; init; }

    /// <summary>All of its headers; <c>***</c> leaves a value as it is.</summary>
    public JsonElement Headers { get; init; }

    /// <summary>Whether a conversation's events wait behind one that is tried again.</summary>
    public bool? Ordered { get; init; }

    /// <summary>Posts begun in a second, at most.</summary>
    public JsonElement MaxPerSecond { get; init; }

    /// <summary><c>active</c> or <c>paused</c>.</summary>
    public string? State { get; init; }

    /// <summary>Leaves the headers out, wherever the record is printed.</summary>
    public override string ToString() => nameof(ChangedEndpoint);
}

/// <summary><c>PATCH /api/v1/webhook-endpoints/{id}</c>.</summary>
internal static class ChangeEndpoint
{
    private static readonly Dictionary<string, string?> NoHeaders = [];

    public static void MapChangeEndpoint(this IEndpointRouteBuilder routes) =>
        routes.MapPatch("/api/v1/webhook-endpoints/{id}", HandleAsync)
            .Needs(Scopes.Manage)
            .Audited(AuditActions.EndpointChanged)
            .WithETag()
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .Refuses(StatusCodes.Status403Forbidden, "account_not_yours", "key_expires", "scope_exceeded")
            .Refuses(StatusCodes.Status409Conflict, "belongs_to_account")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithTags("CRM webhooks")
            .WithSummary("Change an endpoint, pause it, or resume it: what was kept meanwhile is posted then.");

    private static Task<Results<Ok<EndpointView>, ProblemHttpResult>> HandleAsync(
        string id,
        ChangedEndpoint request,
        Caller caller,
        AuditTrail audit,
        IfMatch match,
        OutboundRules outbound,
        EndpointSecrets secrets,
        IUnitOfWork<CrmForwarderDbContext> unitOfWork,
        DeliveryMailbox mailbox,
        TimeProvider clock,
        CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        async scope => await LockedEndpoint.FindAsync(scope.Db, caller, id) is not { } endpoint
            ? Problems.NotFound("webhook endpoint")
            : await ChangeAsync(
                scope, caller, endpoint, request, new EndpointFields(outbound), secrets, mailbox, audit, match, clock.GetUtcNow()),
        cancellationToken);

    private static async Task<Results<Ok<EndpointView>, ProblemHttpResult>> ChangeAsync(
        WorkScope<CrmForwarderDbContext> scope,
        Caller caller,
        WebhookEndpoint endpoint,
        ChangedEndpoint request,
        EndpointFields fields,
        EndpointSecrets secrets,
        DeliveryMailbox mailbox,
        AuditTrail audit,
        IfMatch match,
        DateTimeOffset now)
    {
        var before = (await EndpointView.OfAsync(scope.Db, secrets, [endpoint], now))[0];
        if (match.Fault(before) is { } stale) return stale;
        if (endpoint.AccountId is not null && (request.Url is not null || request.AccountIds.IsGiven()))
            return Problems.Of(
                StatusCodes.Status409Conflict,
                "belongs_to_account",
                "It is an account's crm_webhook_url: change the address there. It takes that account's events and no others.");
        var url = request.Url is null ? null : fields.Url(request.Url);
        var all = request.AccountIds.ValueKind == JsonValueKind.Null;
        var accounts = request.AccountIds.Read<IReadOnlyList<string?>>("account_ids", fields.Fault) is { } given
            ? fields.Accounts(given)
            : null;
        if (all && !caller.Accounts.IsAll) fields.Fault("account_ids", "Name the accounts: you do not see all of them.");
        var types = fields.EventTypes(request.EventTypes.Read<IReadOnlyList<string?>>("event_types", fields.Fault));
        var description = fields.Description(request.Description.Read<string>("description", fields.Fault));
        var headersBefore = LockedEndpoint.HeadersOf(secrets, endpoint);
        var givenHeaders = request.Headers.Read<IReadOnlyDictionary<string, string?>>("headers", fields.Fault);
        var headers = fields.Headers(givenHeaders, headersBefore);
        if (url is not null && !OutboundRules.IsSameHost(url, endpoint.Url))
            fields.HeadersStay(request.Headers.IsGiven() ? givenHeaders ?? NoHeaders : null, headersBefore);
        var rate = fields.MaxPerSecond(request.MaxPerSecond.Read<int?>("max_per_second", fields.Fault));
        if (request.State is not (null or "active" or "paused")) fields.Fault("state", "It is active or paused.");
        if (request.State is not null && endpoint.State == EndpointState.Removed)
            fields.Fault("state", "The account names no crm_webhook_url: give it one.");
        if (fields.Faults is { Length: > 0 } faults) return Problems.Invalid(faults);
        if (AccountsOf.Refusal(caller, accounts) is { } refusal) return refusal;
        var receivesOthers = url is not null || request.AccountIds.IsGiven() || request.EventTypes.IsGiven();
        if (receivesOthers && LastingReceivers.Refusal(caller) is { } lasting) return lasting;

        if (request.EventTypes.IsGiven()) endpoint.EventTypes = types;
        if (request.Description.IsGiven()) endpoint.Description = description;
        if (request.Headers.IsGiven()) endpoint.ProtectedHeaders = secrets.Protect(endpoint, headers);
        if (request.MaxPerSecond.IsGiven()) endpoint.MaxPerSecond = rate;
        endpoint.Ordered = request.Ordered ?? endpoint.Ordered;
        if (url is not null) endpoint.MoveTo(url, now);
        if (request.State == "paused") endpoint.Pause(now);
        if (request.State == "active") endpoint.Resume(now);
        endpoint.Touch(now);
        if (all || accounts is not null) await TakeAccountsAsync(scope.Db, endpoint, all, accounts ?? []);
        await scope.Db.SaveChangesAsync();
        scope.AfterCommit(() => mailbox.EndpointChanged(endpoint.Id));
        var after = (await EndpointView.OfAsync(scope.Db, secrets, [endpoint], now))[0];
        var changes = EndpointAudit.Of(before, after).WithSecret("header_values", request.Headers.IsGiven());
        audit.Record(scope, endpoint.Id, endpoint.AccountId, changes);
        return TypedResults.Ok(after);
    }

    private static async Task TakeAccountsAsync(
        CrmForwarderDbContext db, WebhookEndpoint endpoint, bool all, IReadOnlyList<AccountId> accounts)
    {
        endpoint.AllAccounts = all;
        await db.EndpointAccounts.Where(row => row.EndpointId == endpoint.Id).ExecuteDeleteAsync();
        await BulkInsert.EntitiesAsync(
            db, [.. accounts.Select(account => new EndpointAccount { AccountId = account, EndpointId = endpoint.Id })]);
    }
}
