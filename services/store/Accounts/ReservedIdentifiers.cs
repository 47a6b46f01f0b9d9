using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Accounts;

/// <summary>
/// <c>/api/v1/reserved-identifiers</c>: ids that no linked account uses and that are kept for the account that had them. For admins, who
/// release an id once they know who owns it now.
/// </summary>
internal static class ReservedIdentifiers
{
    public static void MapReservedIdentifiers(this RouteGroupBuilder group)
    {
        group.RequireAuthorization(CallerAuthenticationSetup.Admin).WithTags("Operations");
        group.MapGet("", ListAsync).Needs(Scopes.Read).WithSummary("Channel ids that are kept for accounts that do not use them now.");
        group.MapDelete("{id}", ReleaseAsync).Needs(Scopes.Manage).Audited(AuditActions.IdentifierReleased)
            .Refuses(StatusCodes.Status409Conflict, "identifier_in_use")
            .WithSummary("Release a channel id for the next account that names it.");
    }

    private static async Task<Ok<Page<ReservedIdentifierView>>> ListAsync(
        IDbContextFactory<StoreDbContext> factory,
        IdCursor<ReservedIdentifierView>? cursor,
        int? limit,
        CancellationToken cancellationToken)
    {
        var (size, after) = (PageLimit.Of(limit), IdCursor<ReservedIdentifierView>.After(cursor));
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        // Channels alone, about one for each account: all are read, so that there is one rule for what is in use.
        var channels = await db.ReadableAsync(from row in db.AccountIdentifiers
                              join account in db.Accounts on row.AccountId equals account.Id
                              where row.Kind == IdentifierKind.Channel
                              orderby row.ExternalId
                              select new { Row = row, Account = account }, cancellationToken);
        var reserved = channels
            .Where(pair => !ReservedIds.IsInUse(pair.Account, pair.Row) && pair.Row.ExternalId != pair.Account.InstagramAccountId.Value)
            .Where(pair => string.CompareOrdinal(pair.Row.ExternalId, after) > 0)
            .Select(
                pair => new ReservedIdentifierView(pair.Row.ExternalId, pair.Account.Id, pair.Account.Username, pair.Account.UnlinkedAt))
            .ToList();
        return TypedResults.Ok(Page.Of(
            [.. reserved.Take(size + 1)], size, row => row, row => new IdCursor<ReservedIdentifierView>(row.ExternalId)));
    }

    private static Task<Results<NoContent, ProblemHttpResult>> ReleaseAsync(
        string id, AuditTrail audit, IUnitOfWork<StoreDbContext> unitOfWork, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync<Results<NoContent, ProblemHttpResult>>(
            async scope =>
            {
                var rows = await scope.Db.AccountIdentifiers.Where(row => row.ExternalId == id).ToListAsync();
                if (rows.Count == 0) return Problems.NotFound("reserved identifier");
                foreach (var row in rows)
                {
                    var holder = await scope.Db.Accounts.SingleAsync(account => account.Id == row.AccountId);
                    if (ReservedIds.IsInUse(holder, row)) return InUse("A linked account uses that id: unlink it first.");
                    if (row.Kind == IdentifierKind.Instagram) return InUse(
                        "It is the account's own id, and its messages are kept under it: give the new owner access to the account.");
                    ReservedIds.Release(scope.Db, holder, row);
                }

                audit.Record(scope, id, rows[0].AccountId);
                return TypedResults.NoContent();
            },
            cancellationToken);

    private static ProblemHttpResult InUse(string detail) => Problems.Of(StatusCodes.Status409Conflict, "identifier_in_use", detail);
}

/// <summary>An id and the account that it is kept for.</summary>
internal sealed record ReservedIdentifierView(string ExternalId, AccountId AccountId, string Username, DateTimeOffset? UnlinkedAt);
