using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.Store.Access;

/// <summary>The body of <c>POST /api/v1/api-keys</c>.</summary>
/// <param name="Name">For people, 1 to 100 characters.</param>
/// <param name="AccountIds">The only accounts that the key may see; null for all of the owner's, also later ones.</param>
/// <param name="Scopes">
/// What the key may be used for: <c>read</c>, <c>send</c>, <c>manage</c>; null for <c>read</c> and <c>send</c>.
/// </param>
/// <param name="ExpiresAt">When it ends (UTC); null for never.</param>
internal sealed record NewApiKey(
    string? Name, IReadOnlyList<string?>? AccountIds = null, IReadOnlyList<string?>? Scopes = null, DateTimeOffset? ExpiresAt = null);

/// <summary><c>POST /api/v1/api-keys</c>. A key may make keys too, within <see cref="Delegation"/>.</summary>
internal static class CreateApiKey
{
    private const int LongestName = 100;
    private const Scopes Default = Scopes.Read | Scopes.Send;

    public static void MapCreateApiKey(this IEndpointRouteBuilder routes) => routes.MapPost("", HandleAsync)
        .Needs(Scopes.Manage)
        .Idempotent<StoreDbContext>()
        .Audited(AuditActions.ApiKeyCreated)
        .Refuses(StatusCodes.Status403Forbidden, "account_not_yours", "key_scoped", "key_expires", "scope_exceeded")
        .WithSummary("Make an API key; it is shown this once.")
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<Created<ApiKeyView>, ProblemHttpResult>> HandleAsync(
        Caller caller,
        NewApiKey request,
        AuditTrail audit,
        KeyedRequest keyed,
        IUnitOfWork<StoreDbContext> unitOfWork,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var faults = new List<(string, string)>();
        var name = request.Name?.Trim();
        if (name is not { Length: > 0 and <= LongestName }) faults.Add(("name", $"A name has 1 to {LongestName} characters."));
        if (request.ExpiresAt <= clock.GetUtcNow()) faults.Add(("expires_at", "It is in the past."));
        string? accountsFault = null;
        var accounts = request.AccountIds is null ? null : AccountIds.Parse(request.AccountIds, out accountsFault);
        if (accountsFault is not null) faults.Add(("account_ids", accountsFault));
        if (!TryRead(request.Scopes, out var scopes)) faults.Add(("scopes", "It is null, or one or more of read, send, manage."));
        if (faults.Count > 0) return Problems.Invalid([.. faults]);
        return await unitOfWork.ExecuteAsync(
            scope => CreateAsync(scope, caller, name!, accounts, scopes, request.ExpiresAt, audit, keyed, clock), cancellationToken);
    }

    private static async Task<Results<Created<ApiKeyView>, ProblemHttpResult>> CreateAsync(
        WorkScope<StoreDbContext> scope,
        Caller caller,
        string name,
        IReadOnlyList<AccountId>? accounts,
        Scopes scopes,
        DateTimeOffset? expiresAt,
        AuditTrail audit,
        KeyedRequest keyed,
        TimeProvider clock)
    {
        var db = scope.Db;
        if (await EffectiveAccess.AgainAsync(db, caller) is not { } current)
            return Problems.Of(StatusCodes.Status401Unauthorized, "unauthorized");
        if (await Delegation.FaultAsync(db, caller, scopes, expiresAt) is { } fault) return fault;
        if (accounts?.Any(account => !current.CanSee(account)) == true)
            return Problems.Of(StatusCodes.Status403Forbidden, "account_not_yours", "One of account_ids is not an account that you see.");
        if (await AccountIds.UnknownAsync(db, accounts ?? []) is [var unknown, ..])
            return Problems.Invalid(("account_ids", $"There is no account {unknown}."));

        var secret = KeySecret.New();
        var made = ApiKey.Create(name, caller.UserId, secret, scoped: accounts is not null, scopes, expiresAt, clock);
        db.Add(made);
        db.AddRange((accounts ?? []).Select(account => new ApiKeyAccount { KeyId = made.Id, AccountId = account }));
        var view = ApiKeyView.Of(made, accounts ?? []);
        audit.Record(scope, made.Id, accounts is [var only] ? only : null, AuditChanges.Of(null, view));
        return await keyed.KeepAsync(scope, TypedResults.Created((string?)null, view with { Key = secret }));
    }

    private static bool TryRead(IReadOnlyList<string?>? words, out Scopes scopes)
    {
        scopes = words is null ? Default : Scopes.None;
        foreach (var word in words ?? [])
        {
            Scopes? scope = word switch { "read" => Scopes.Read, "send" => Scopes.Send, "manage" => Scopes.Manage, _ => null };
            if (scope is null) return false;
            scopes |= scope.Value;
        }

        return scopes != Scopes.None;
    }
}
