using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Sender.Accounts;
using InstaMessenger.Sender.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Health;

/// <summary>
/// <c>POST /api/v1/accounts/{account_id}/health/check</c>: has Meta asked now, and answers with the health afterwards. Whichever process
/// makes the check, the row tells when it is done.
/// </summary>
internal static class CheckAccount
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    public static void MapCheckAccount(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/accounts/{account_id}/health/check", HandleAsync).Needs(Scopes.Manage)
            .Audited(AuditActions.AccountChecked).WithTags("Accounts")
            .WithSummary("Asks Meta now how the account stands, for 10 s at most, and answers with its health.");

    private static async Task<Results<Ok<AccountHealth>, ProblemHttpResult>> HandleAsync(
        AccountId account_id,
        Caller caller,
        AuditTrail audit,
        KnownAccounts accounts,
        HealthReading reading,
        IUnitOfWork<SenderDbContext> unitOfWork,
        IDbContextFactory<SenderDbContext> factory,
        CheckupSignal signal,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (await accounts.FindAsync(caller, account_id, cancellationToken) is not { } account) return Problems.NotFound("account");
        var claims = await unitOfWork.ExecuteAsync(
            async scope =>
            {
                var row = await scope.Db.Set<Checkup>().ForUpdate().SingleOrDefaultAsync(row => row.AccountId == account_id);
                if (row is null) scope.Db.Add(row = Checkup.Of(account_id));
                row.CheckNow(clock.GetUtcNow());
                scope.AfterCommit(signal.Wake);
                audit.Record(scope, account_id.Value, account_id);
                return row.Claims;
            },
            cancellationToken);
        // Real time: the calls are made in it.
        for (var began = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(began) < Patience;)
        {
            await Task.Delay(LookEvery, TimeProvider.System, cancellationToken);
            await using var db = await factory.CreateDbContextAsync(cancellationToken);
            var row = await db.Set<Checkup>().AsNoTracking().SingleAsync(row => row.AccountId == account_id, cancellationToken);
            // Claimed since, and given a date that is not the claim's: it was made.
            if (row.Claims > claims && row.CheckDueAt - clock.GetUtcNow() > Checkup.Claimed) break;
        }

        return TypedResults.Ok(await reading.OfAsync(account, cancellationToken));
    }
}
