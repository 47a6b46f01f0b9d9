using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Conversations;

/// <summary><c>GET /conversations/{id}/messages</c>: one thread, newest first.</summary>
internal static class ConversationThread
{
    public static void MapThread(this IEndpointRouteBuilder routes) => routes.MapGet("/{id}/messages", GetAsync)
        .WithSummary("The messages of a conversation, newest first by Instagram's time.")
        .Needs(Scopes.Read);

    internal static IQueryable<Message> Query(StoreDbContext db, ConversationId conversation, TimeCursor? after, int limit)
    {
        var messages = db.Messages.Where(message => message.ConversationId == conversation);
        // The first half bounds the walk along the index, the second only breaks ties.
        if (after is { Time: var time, Number: var sequence })
            messages = messages.Where(message => message.SentAt <= time && (message.SentAt < time || message.Sequence < sequence));
        return messages.OrderByDescending(message => message.SentAt).ThenByDescending(message => message.Sequence).Take(limit)
            .Include(message => message.Attachments);
    }

    private static async Task<Results<Ok<Page<MessageView>>, ProblemHttpResult>> GetAsync(
        ConversationId id,
        Caller caller,
        IDbContextFactory<StoreDbContext> factory,
        TimeCursor? cursor,
        int? limit,
        CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var account = await db.Conversations.Where(row => row.Id == id).Select(row => (AccountId?)row.AccountId)
            .SingleOrDefaultAsync(cancellationToken);
        if (account is not { } owner || !caller.CanSee(owner)) return Problems.NotFound("conversation");

        var size = PageLimit.Of(limit);
        var messages = await db.ReadableAsync(first => Query(db, id, cursor, first), size + 1, cancellationToken);
        await Quotes.FillAsync(db, messages, cancellationToken);
        return TypedResults.Ok(Page.Of(messages, size, MessageView.Of, message => new TimeCursor(message.SentAt, message.Sequence)));
    }
}
