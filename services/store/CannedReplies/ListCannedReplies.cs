using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.CannedReplies;

/// <summary><c>GET /api/v1/canned-replies</c>, oldest first.</summary>
internal static class ListCannedReplies
{
    public static void MapListCannedReplies(this IEndpointRouteBuilder routes) => routes.MapGet("", HandleAsync)
        .Needs(Scopes.Read)
        .WithSummary("The saved replies that you see, oldest first.")
        .WithDescription(
            "With account_id those that are offered in that account: its own, and those for all accounts. A text may hold variables, "
            + "like {{contact.name}}; whoever inserts it fills them in.");

    private static async Task<Results<Ok<Page<CannedReplyView>>, ProblemHttpResult>> HandleAsync(
        Caller caller,
        IDbContextFactory<StoreDbContext> factory,
        [FromQuery(Name = "account_id")] AccountId? accountId,
        IdCursor<CannedReply>? cursor,
        int? limit,
        CancellationToken cancellationToken)
    {
        var places = caller.Accounts.IsAll ? null : CannedReplyReach.PlacesOf([.. caller.Accounts.Listed]);
        if (accountId is { } account)
        {
            if (!caller.CanSee(account)) return Problems.NotFound("account");
            places = [account.Value];
        }

        places?.Add(CannedReplyPlace.Everywhere);
        var (size, after) = (PageLimit.Of(limit), IdCursor<CannedReply>.After(cursor));
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var asked = db.Set<CannedReplyPlace>().Where(row => string.Compare(row.ReplyId, after) > 0);
        if (places is not null) asked = asked.Where(row => places.Contains(row.Place));
        // By its places, so that nobody's list costs what all tenants' replies do.
        var ids = await asked.Select(row => row.ReplyId).Distinct().OrderBy(id => id).Take(size + 1).ToListAsync(cancellationToken);
        var page = Page.Of(ids, size, id => id, id => new IdCursor<CannedReply>(id));
        var replies = (await db.ReadableAsync(
            db.Set<CannedReply>().Where(row => page.Data.Contains(row.Id)).OrderBy(row => row.Id), cancellationToken))
            .ToDictionary(reply => reply.Id);
        var placesOf = (await db.Set<CannedReplyPlace>().Where(row => page.Data.Contains(row.ReplyId)).ToListAsync(cancellationToken))
            .ToLookup(row => row.ReplyId);
        return TypedResults.Ok(new Page<CannedReplyView>(
            [.. page.Data.Where(replies.ContainsKey).Select(id => CannedReplyView.Of(replies[id], [.. placesOf[id]], caller))],
            page.NextCursor));
    }
}
