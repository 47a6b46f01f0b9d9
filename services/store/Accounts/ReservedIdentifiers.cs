using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Accounts;

/// <summary>
/// <c>/api/v1/reserved-identifiers</c>: ids that no linked account uses and that are kept for the account that had them. For admins, who release an id
/// once they know whose it is now.
/// </summary>
internal static class ReservedIdentifiers
{
    public static async Task<Page<ReservedIdentifierView>> ListAsync(
        IDbContextFactory<StoreDbContext> factory, string? cursor, int? limit, CancellationToken cancellationToken)
    {
        var size = PageLimit.Of(limit);
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        // Channels alone, about one for each account: all are read, so that there is one rule for what is in use.
        var channels = await (from row in db.AccountIdentifiers
                              join account in db.Accounts on row.AccountId equals account.Id
                              where row.Kind == IdentifierKind.Channel
                              orderby row.ExternalId
                              select new { Row = row, Account = account }).ToListAsync(cancellationToken);
        var reserved = channels
            .Where(pair => !ReservedIds.IsInUse(pair.Account, pair.Row) && pair.Row.ExternalId != pair.Account.InstagramAccountId.Value)
            .Where(pair => cursor is null || string.CompareOrdinal(pair.Row.ExternalId, cursor) > 0)
            .Select(pair => new ReservedIdentifierView(pair.Row.ExternalId, pair.Account.Id, pair.Account.Username, pair.Account.UnlinkedAt))
            .ToList();
        return new Page<ReservedIdentifierView>([.. reserved.Take(size)], reserved.Count > size ? reserved[size - 1].ExternalId : null);
    }

    public static Task<IResult> ReleaseAsync(string id, IUnitOfWork<StoreDbContext> unitOfWork, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync<IResult>(
            async scope =>
            {
                var rows = await scope.Db.AccountIdentifiers.Where(row => row.ExternalId == id).ToListAsync();
                if (rows.Count == 0) return Problems.NotFound("reserved identifier");
                foreach (var row in rows)
                {
                    var holder = await scope.Db.Accounts.SingleAsync(account => account.Id == row.AccountId);
                    if (ReservedIds.IsInUse(holder, row)) return InUse("A linked account uses that id: unlink it first.");
                    if (row.Kind == IdentifierKind.Instagram) return InUse("It is the account's own id, and its messages are kept under it: give the new owner access to the account.");
                    ReservedIds.Release(scope.Db, holder, row);
                }

                return TypedResults.NoContent();
            },
            cancellationToken);

    private static ProblemHttpResult InUse(string detail) => Problems.Of(StatusCodes.Status409Conflict, "identifier_in_use", detail);
}

/// <summary>An id and the account that it is kept for.</summary>
internal sealed record ReservedIdentifierView(string ExternalId, AccountId AccountId, string Username, DateTimeOffset? UnlinkedAt);
