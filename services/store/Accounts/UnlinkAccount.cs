using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Erasures;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Accounts;

/// <summary>
/// <c>DELETE /api/v1/accounts/{id}</c>: token and secret are forgotten, messages stay; linking again brings the same account back. With
/// <c>?erase=true</c> everything of it is erased, also of one that was unlinked before.
/// </summary>
internal static class UnlinkAccount
{
    public static void MapUnlinkAccount(this IEndpointRouteBuilder routes) => routes.MapDelete("{id}", HandleAsync)
        .Needs(Scopes.Manage)
        .Audited(AuditActions.AccountUnlinked)
        .WithSummary("Unlink an account; its messages stay, or with erase=true everything of it is erased.")
        .WithDescription(
            "With erase=true the answer is the report: 200 when all is gone, 202 when some of it takes longer. Linking it again later "
            + "brings back nothing that is older than the erasure.");

    private static async Task<Results<NoContent, Ok<ErasureView>, Accepted<ErasureView>, ProblemHttpResult>> HandleAsync(
        AccountId id,
        bool? erase,
        Caller caller,
        AuditTrail audit,
        IUnitOfWork<StoreDbContext> unitOfWork,
        AccountWriter writer,
        ErasureStart erasures,
        ErasureWait wait,
        CancellationToken cancellationToken)
    {
        var (found, erasure) = await unitOfWork.ExecuteAsync(
            async scope =>
            {
                if (await FindAsync(scope.Db, caller, id, erase == true) is not { } account) return (false, null);
                var begun = erase == true ? await erasures.OfAccountAsync(scope, account, requestCode: null) : null;
                if (account.UnlinkedAt is null) writer.Unlink(scope, account);
                audit.Record(
                    scope, id.Value, id, begun is null ? null : new AuditChanges().With("erase", null, begun.Id));
                return (true, begun?.Id);
            },
            cancellationToken);
        if (!found) return Problems.NotFound("account");
        if (erasure is null) return TypedResults.NoContent();
        var answer = await wait.AnswerAsync(erasure, cancellationToken);
        return answer.Result is Ok<ErasureView> done ? done : (Accepted<ErasureView>)answer.Result;
    }

    private static async Task<Account?> FindAsync(StoreDbContext db, Caller caller, AccountId id, bool alsoUnlinked) =>
        !alsoUnlinked ? await LinkedAccounts.FindAsync(db, caller, id)
        : caller.CanSee(id) ? await db.Accounts.SingleOrDefaultAsync(account => account.Id == id)
        : null;
}
