using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Events;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Conversations;

/// <summary><c>GET /conversations</c>: the inbox, newest first.</summary>
internal static class ConversationList
{
    private const int LongestSearch = 100;

    public static void MapConversationList(this IEndpointRouteBuilder routes) => routes.MapGet("", ListAsync)
        .WithSummary("The conversations, newest first.")
        .WithDescription("q finds a contact by part of the username or name, or by the whole Instagram-scoped id.")
        .Produces<Page<ConversationView>>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> ListAsync(
        Caller caller,
        IDbContextFactory<StoreDbContext> factory,
        TimeProvider clock,
        [FromQuery(Name = "account_id")] string? accountId,
        string? q,
        bool? unread,
        string? cursor,
        int? limit,
        CancellationToken cancellationToken)
    {
        if (!PageCursor.TryReadConversation(cursor, out var after)) return ConversationEndpoints.BadCursor();
        if (!VisibleAccounts.TryNarrow(caller, accountId, out var accounts)) return Problems.NotFound("account");
        if (q?.Length > LongestSearch) return Problems.Invalid(("q", $"Must have at most {LongestSearch} characters."));
        var size = PageLimit.Of(limit);
        var search = string.IsNullOrWhiteSpace(q) ? null : q.Trim();

        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var keys = await new ConversationQuery(accounts, search, unread, after, size + 1).Keys(db).ToListAsync(cancellationToken);
        var page = keys.Take(size).Select(key => ConversationId.Parse(key.Id)).ToList();
        var found = await db.Conversations.Where(conversation => page.Contains(conversation.Id)).ToDictionaryAsync(conversation => conversation.Id, cancellationToken);
        var conversations = page.Where(found.ContainsKey).Select(id => found[id]).Where(conversation => caller.CanSee(conversation.AccountId)).ToList();

        var next = keys.Count > size ? new PageCursor(DateTimeOffset.FromUnixTimeMilliseconds(keys[size - 1].LastMessageAt), keys[size - 1].Id).ToString() : null;
        return TypedResults.Ok(new Page<ConversationView>(await ConversationView.ListAsync(db, conversations, clock.GetUtcNow(), cancellationToken), next));
    }
}
