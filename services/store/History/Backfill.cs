using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.History;

/// <summary>The body of <c>POST /api/v1/accounts/{id}/backfill</c>.</summary>
/// <param name="Since">Older messages are left out (UTC); null for all that Meta shows.</param>
internal sealed record BackfillRequest(DateTimeOffset? Since = null);

/// <summary>
/// <c>/api/v1/accounts/{id}/backfill</c>: imports what Meta still shows of an account's threads, and says how that stands.
/// </summary>
internal static class Backfill
{
    public static void MapBackfill(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("{id}/backfill", BeginAsync).Needs(Scopes.Manage).Idempotent<StoreDbContext>()
            .Audited(AuditActions.AccountBackfilled)
            .WithSummary("Import the threads that Meta shows, and fill what is missing of the last day.")
            .WithDescription(
                "Meta shows the newest 20 messages of each thread. Those that are not here are added: what is older than a day, or than "
                + "the link, marked as history; the rest like messages that have just come. One that runs already is taken over.")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        routes.MapGet("{id}/backfill", ShowAsync).Needs(Scopes.Read).WithSummary("How the last import stands.");
    }

    private static Task<Results<Accepted<BackfillView>, ProblemHttpResult>> BeginAsync(
        AccountId id,
        BackfillRequest request,
        Caller caller,
        AuditTrail audit,
        KeyedRequest keyed,
        IUnitOfWork<StoreDbContext> unitOfWork,
        HistoryRuns runs,
        CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync<Results<Accepted<BackfillView>, ProblemHttpResult>>(
            async scope =>
            {
                if (await FindAsync(scope.Db, caller, id, cancellationToken) is not { } account) return Problems.NotFound("account");
                var history = await runs.BeginAgainAsync(scope, account, request.Since);
                audit.Record(scope, id.Value, id, new AuditChanges().With("since", null, request.Since));
                return await keyed.KeepAsync(
                    scope, TypedResults.Accepted($"/api/v1/accounts/{id}/backfill", BackfillView.Of(history)!));
            },
            cancellationToken);

    private static async Task<Results<Ok<BackfillView>, ProblemHttpResult>> ShowAsync(
        AccountId id, Caller caller, IDbContextFactory<StoreDbContext> factory, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(db, caller, id, cancellationToken) is null) return Problems.NotFound("account");
        var history = await db.Set<AccountHistory>().AsNoTracking().SingleOrDefaultAsync(row => row.AccountId == id, cancellationToken);
        return BackfillView.Of(history) is { } view ? TypedResults.Ok(view) : Problems.NotFound("backfill");
    }

    private static async Task<Account?> FindAsync(
        StoreDbContext db, Caller caller, AccountId id, CancellationToken cancellationToken) => caller.CanSee(id)
        ? await db.Accounts.SingleOrDefaultAsync(account => account.Id == id && account.UnlinkedAt == null, cancellationToken)
        : null;
}
