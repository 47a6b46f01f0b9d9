using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Events;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Conversations;

/// <summary><c>GET /conversations</c>: the inbox, newest first.</summary>
internal static class ConversationList
{
    private const int LongestSearch = 100;

    public static void MapConversationList(this IEndpointRouteBuilder routes) => routes.MapGet("", ListAsync)
        .WithSummary("The conversations, newest first.")
        .WithDescription(
            "q finds a contact by part of the username or name, or by the whole Instagram-scoped id. awaiting=reply lists those whose "
            + "newest message is the customer's, or where the newest of the business failed; with window=open only those whose 24 hours "
            + "are not over, with window=closing those of them that have at most 4 hours left; with sort=closes_at, too, the one that "
            + "closes next comes first. failed=true lists those where the newest message of the business failed. The header "
            + "Event-Sequence is how far the event log had come before the list was read.")
        .Needs(Scopes.Read)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<Ok<Page<ConversationView>>, ProblemHttpResult>> ListAsync(
        Caller caller,
        IDbContextFactory<StoreDbContext> factory,
        TimeProvider clock,
        [FromQuery(Name = "account_id")] AccountId? accountId,
        string? q,
        bool? unread,
        bool? failed,
        string? awaiting,
        string? window,
        string? sort,
        TimeIdCursor? cursor,
        int? limit,
        CancellationToken cancellationToken)
    {
        if (!VisibleAccounts.TryNarrow(caller, accountId, out var accounts)) return Problems.NotFound("account");
        if (q?.Length > LongestSearch) return Problems.Invalid(("q", $"Must have at most {LongestSearch} characters."));
        if (QueueWords.Fault(awaiting, window, sort) is { } fault) return fault;
        var (size, now) = (PageLimit.Of(limit), clock.GetUtcNow());
        var search = string.IsNullOrWhiteSpace(q) ? null : q.Trim();

        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var query = new ConversationQuery(accounts, search, unread, cursor, size + 1)
        {
            AwaitsReply = awaiting is not null,
            Failed = failed,
            Sent = QueueWords.Sent(window, now),
            OldestFirst = sort is not null,
        };
        if (query.IsQueue) query = query with { Accounts = await VisibleAccounts.ListedAsync(db, accounts, cancellationToken) };
        var keys = await query.Keys(db).ToListAsync(cancellationToken);
        var page = Page.Of(keys, size, key => key, key => key.Cursor);
        var ids = page.Data.Select(key => ReadId(db, key)).OfType<ConversationId>().ToList();
        var asked = db.Conversations.Where(conversation => ids.Contains(conversation.Id)).OrderBy(conversation => conversation.Id);
        var found = (await db.ReadableAsync(asked, cancellationToken))
            .ToDictionary(conversation => conversation.Id);
        var conversations = ids.Where(found.ContainsKey).Select(id => found[id])
            .Where(conversation => caller.CanSee(conversation.AccountId)).ToList();
        var views = await ConversationView.ListAsync(db, conversations, now, cancellationToken);
        return TypedResults.Ok(new Page<ConversationView>(views, page.NextCursor));
    }

    private static ConversationId? ReadId(StoreDbContext db, ConversationQuery.Key key)
    {
        if (ConversationId.TryParse(key.Id, out var id)) return id;
        db.TellUnreadable("conversations", key.Id);
        return null;
    }
}
