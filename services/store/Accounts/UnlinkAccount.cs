using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Events;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.Store.Accounts;

/// <summary>
/// <c>DELETE /api/v1/accounts/{id}</c>: token and secret are forgotten, messages stay; linking again brings the same account back.
/// </summary>
internal static class UnlinkAccount
{
    public static void MapUnlinkAccount(this IEndpointRouteBuilder routes) => routes.MapDelete("{id}", HandleAsync)
        .Needs(Scopes.Manage)
        .WithSummary("Unlink an account; its messages stay.");

    private static Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        AccountId id,
        Caller caller,
        IUnitOfWork<StoreDbContext> unitOfWork,
        AccountWriter writer,
        EventLog events,
        CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync<Results<NoContent, ProblemHttpResult>>(
            async scope =>
            {
                if (await LinkedAccounts.FindAsync(scope.Db, caller, id) is not { } account) return Problems.NotFound("account");
                writer.Unlink(scope, account);
                events.Append(scope, account, null, EventTypes.AccountDisconnected, AccountEventData.Of(account));
                return TypedResults.NoContent();
            },
            cancellationToken);
}
