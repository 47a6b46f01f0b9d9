using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Sender.Accounts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.Sender.Health;

/// <summary><c>GET /api/v1/accounts/{account_id}/health</c>: how the account stands, and what to do.</summary>
internal static class ShowAccountHealth
{
    public static void MapAccountHealth(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/accounts/{account_id}/health", HandleAsync).Needs(Scopes.Read).WithTags("Accounts")
            .WithSummary("How an account stands: its token, its webhooks, what waits to be sent, and what is to be done.");

    private static async Task<Results<Ok<AccountHealth>, ProblemHttpResult>> HandleAsync(
        AccountId account_id, Caller caller, KnownAccounts accounts, HealthReading reading, CancellationToken cancellationToken)
    {
        if (await accounts.FindAsync(caller, account_id, cancellationToken) is not { } account) return Problems.NotFound("account");
        return TypedResults.Ok(await reading.OfAsync(account, cancellationToken));
    }
}
