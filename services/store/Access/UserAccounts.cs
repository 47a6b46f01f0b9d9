using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary>The body of <c>POST /api/v1/users/{id}/accounts</c>.</summary>
/// <param name="AccountIds">The accounts that the user becomes a member of, beside those that he has.</param>
internal sealed record NewMemberships(IReadOnlyList<string?>? AccountIds);

/// <summary><c>POST /api/v1/users/{id}/accounts</c> adds memberships; <c>DELETE …/accounts/{account_id}</c> takes one away.</summary>
internal static class UserAccounts
{
    public static async Task<IResult> AddAsync(
        string id, NewMemberships request, IUnitOfWork<StoreDbContext> unitOfWork, AccessChanges changes, CancellationToken cancellationToken)
    {
        if (request.AccountIds is null) return Problems.Invalid(("account_ids", "A list of account ids is needed."));
        if (AccountIds.Parse(request.AccountIds, out var fault) is not { } accounts) return Problems.Invalid(("account_ids", fault!));
        return await unitOfWork.ExecuteAsync(scope => AddAsync(scope, id, accounts, changes), cancellationToken);
    }

    public static Task<IResult> RemoveAsync(
        string id, AccountId accountId, IUnitOfWork<StoreDbContext> unitOfWork, AccessChanges changes, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync<IResult>(
            async scope =>
            {
                var removed = await scope.Db.Set<Membership>().Where(row => row.UserId == id && row.AccountId == accountId).ExecuteDeleteAsync();
                scope.AfterCommit(changes.Announce);
                return removed > 0 ? TypedResults.NoContent() : Problems.NotFound("membership");
            },
            cancellationToken);

    private static async Task<IResult> AddAsync(WorkScope<StoreDbContext> scope, string id, IReadOnlyList<AccountId> accounts, AccessChanges changes)
    {
        var db = scope.Db;
        if (await db.Set<User>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id) is not { } user) return Problems.NotFound("user");
        if (await AccountIds.UnknownAsync(db, accounts) is [var unknown, ..])
            return Problems.Invalid(("account_ids", $"There is no account {unknown}."));
        var before = await db.Set<Membership>().Where(row => row.UserId == id).Select(row => row.AccountId).ToListAsync();
        db.AddRange(accounts.Except(before).Select(account => new Membership { UserId = id, AccountId = account }));
        scope.AfterCommit(changes.Announce);
        return TypedResults.Ok(UserView.Of(user, before.Union(accounts)));
    }
}
