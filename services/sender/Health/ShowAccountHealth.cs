using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Sender.Accounts;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Publishing;
using InstaMessenger.Sender.Sending;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Sender.Health;

/// <summary><c>GET /api/v1/accounts/{account_id}/health</c>: whether the account can send, how much waits, and what to do.</summary>
internal static class ShowAccountHealth
{
    /// <summary>A longer queue is shown as this long.</summary>
    private const int MostCounted = 100_000;

    public static void MapAccountHealth(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/accounts/{account_id}/health", HandleAsync).Needs(Scopes.Read).WithTags("Accounts")
            .WithSummary("Whether an account can send, how much waits and for how long, and what is to be done.");

    private static async Task<Results<Ok<AccountHealth>, ProblemHttpResult>> HandleAsync(
        AccountId account_id,
        Caller caller,
        KnownAccounts accounts,
        IDbContextFactory<SenderDbContext> factory,
        IOptions<SenderOptions> options,
        AddressTrial address,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (await accounts.FindAsync(caller, account_id, cancellationToken) is not { } account) return Problems.NotFound("account");
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var open = new[] { LedgerState.Queued, LedgerState.Waiting, LedgerState.Claimed };
        // In the order of the index, in which counting can end early.
        var waiting = db.Ledger.Where(row => open.Contains(row.State) && row.AccountId == account_id)
            .OrderBy(row => row.RecipientId).ThenBy(row => row.State).ThenBy(row => row.Sequence);
        var heavy = await waiting.Where(row => row.Heavy).Take(MostCounted).CountAsync(cancellationToken);
        var queued = await waiting.Take(MostCounted).CountAsync(cancellationToken);
        var toOne = await waiting.Take(MostCounted).GroupBy(row => row.RecipientId).Select(rows => rows.Count())
            .OrderByDescending(count => count).FirstOrDefaultAsync(cancellationToken);
        var use = await db.Set<ProfileCacheUse>().AsNoTracking()
            .SingleOrDefaultAsync(row => row.AccountId == account_id, cancellationToken);
        var backlog = new Waiting(queued, heavy, toOne);
        return TypedResults.Ok(
            AccountHealth.Of(account, backlog, use?.HitRate, options.Value, address.SureFault, clock.GetUtcNow()));
    }
}
