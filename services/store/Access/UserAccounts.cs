using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary>The body of <c>POST /api/v1/users/{id}/accounts</c>.</summary>
/// <param name="AccountIds">The accounts that the user becomes a member of, in addition to theirs.</param>
internal sealed record NewMemberships(IReadOnlyList<string?>? AccountIds);

/// <summary><c>POST /api/v1/users/{id}/accounts</c> adds memberships; <c>DELETE …/accounts/{account_id}</c> takes one away.</summary>
internal static class UserAccounts
{
    public static void MapUserAccounts(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("{id}/accounts", AddAsync)
            .Needs(Scopes.Manage)
            .Idempotent<StoreDbContext>()
            .Audited(AuditActions.UserAccountsAdded)
            .Refuses(StatusCodes.Status403Forbidden, "key_scoped", "key_expires", "scope_exceeded")
            .WithSummary("Let an agent see accounts.")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        routes.MapDelete("{id}/accounts/{accountId}", RemoveAsync)
            .Needs(Scopes.Manage)
            .Audited(AuditActions.UserAccountRemoved)
            .WithSummary("Take an account from an agent.");
    }

    private static async Task<Results<Ok<UserView>, ProblemHttpResult>> AddAsync(
        string id,
        NewMemberships request,
        Caller caller,
        AuditTrail audit,
        KeyedRequest keyed,
        IUnitOfWork<StoreDbContext> unitOfWork,
        AccessChanges changes,
        CancellationToken cancellationToken)
    {
        if (request.AccountIds is null) return Problems.Invalid(("account_ids", "A list of account ids is needed."));
        if (AccountIds.Parse(request.AccountIds, out var fault) is not { } accounts) return Problems.Invalid(("account_ids", fault!));
        return await unitOfWork.ExecuteAsync(scope => GrantAsync(scope, caller, id, accounts, audit, keyed, changes), cancellationToken);
    }

    private static Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        string id,
        AccountId accountId,
        AuditTrail audit,
        IUnitOfWork<StoreDbContext> unitOfWork,
        AccessChanges changes,
        CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync<Results<NoContent, ProblemHttpResult>>(
            async scope =>
            {
                var removed = await scope.Db.Set<Membership>().Where(row => row.UserId == id && row.AccountId == accountId)
                    .ExecuteDeleteAsync();
                scope.AfterCommit(changes.Announce);
                if (removed == 0) return Problems.NotFound("membership");
                audit.Record(scope, id, accountId);
                return TypedResults.NoContent();
            },
            cancellationToken);

    private static async Task<Results<Ok<UserView>, ProblemHttpResult>> GrantAsync(
        WorkScope<StoreDbContext> scope,
        Caller caller,
        string id,
        IReadOnlyList<AccountId> accounts,
        AuditTrail audit,
        KeyedRequest keyed,
        AccessChanges changes)
    {
        var db = scope.Db;
        // A membership stays for good, and lets the agent's session do everything with the account.
        if (await Delegation.FaultAsync(db, caller, Scopes.All, until: null) is { } fault) return fault;
        if (await db.Set<User>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id) is not { } user) return Problems.NotFound("user");
        if (await AccountIds.UnknownAsync(db, accounts) is [var unknown, ..])
            return Problems.Invalid(("account_ids", $"There is no account {unknown}."));
        var before = await db.Set<Membership>().Where(row => row.UserId == id).Select(row => row.AccountId).ToListAsync();
        db.AddRange(accounts.Except(before).Select(account => new Membership { UserId = id, AccountId = account }));
        scope.AfterCommit(changes.Announce);
        var view = UserView.Of(user, before.Union(accounts));
        audit.Record(
            scope, id, accounts is [var only] ? only : null, AuditChanges.Of(UserView.Of(user, before), view));
        return await keyed.KeepAsync(scope, TypedResults.Ok(view));
    }
}
