using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Conversations;

/// <summary><c>GET /conversations/{id}/messages</c>: one thread, newest first.</summary>
internal static class ConversationThread
{
    public static void MapThread(this IEndpointRouteBuilder routes) => routes.MapGet("/{id}/messages", GetAsync)
        .WithSummary("The messages of a conversation, newest first by Instagram's time.")
        .Produces<Page<MessageView>>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound);

    internal static IQueryable<Message> Query(StoreDbContext db, ConversationId conversation, PageCursor? after, long sequence, int limit)
    {
        var messages = db.Messages.Where(message => message.ConversationId == conversation);
        // The first half bounds the walk along the index, the second only breaks ties.
        if (after is { Time: var time }) messages = messages.Where(message => message.SentAt <= time && (message.SentAt < time || message.Sequence < sequence));
        return messages.OrderByDescending(message => message.SentAt).ThenByDescending(message => message.Sequence).Take(limit).Include(message => message.Attachments);
    }

    private static async Task<IResult> GetAsync(
        string id, Caller caller, IDbContextFactory<StoreDbContext> factory, string? cursor, int? limit, CancellationToken cancellationToken)
    {
        if (!PageCursor.TryReadMessage(cursor, out var after, out var sequence)) return ConversationEndpoints.BadCursor();
        if (!ConversationId.TryParse(id, out var conversation)) return Problems.NotFound("conversation");
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var account = await db.Conversations.Where(row => row.Id == conversation).Select(row => (AccountId?)row.AccountId).SingleOrDefaultAsync(cancellationToken);
        if (account is not { } owner || !caller.CanSee(owner)) return Problems.NotFound("conversation");

        var size = PageLimit.Of(limit);
        var messages = await Query(db, conversation, after, sequence, size + 1).ToListAsync(cancellationToken);
        var page = messages.Take(size).ToList();
        var next = messages.Count > size ? new PageCursor(page[^1].SentAt, page[^1].Sequence.ToString()).ToString() : null;
        return TypedResults.Ok(new Page<MessageView>(page.ConvertAll(MessageView.Of), next));
    }
}
