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
        .WithDescription(
            "before and after name a message: the page holds the next ones on that side of it. around names one that stands in the middle. "
            + "next_cursor leads to older ones; behind after it is null, so ask on with the first id of the page until a page is empty. "
            + "Give one of these or cursor. The header Event-Sequence is how far the event log had come before the page was read.")
        .Needs(Scopes.Read)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    /// <summary>The messages that come after one, the nearest first.</summary>
    internal static IQueryable<Message> Newer(
        StoreDbContext db, ConversationId conversation, TimeCursor<Message> than, int limit) => db.Messages
        .Where(message => message.ConversationId == conversation && message.SentAt >= than.Time
            && (message.SentAt > than.Time || message.Sequence > than.Number))
        .OrderBy(message => message.SentAt).ThenBy(message => message.Sequence).Take(limit)
        .Include(message => message.Attachments);

    internal static IQueryable<Message> Query(StoreDbContext db, ConversationId conversation, TimeCursor<Message>? after, int limit)
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
        MessageId? before,
        MessageId? after,
        MessageId? around,
        TimeCursor<Message>? cursor,
        int? limit,
        CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var account = await db.Conversations.Where(row => row.Id == id).Select(row => (AccountId?)row.AccountId)
            .SingleOrDefaultAsync(cancellationToken);
        if (account is not { } owner || !caller.CanSee(owner)) return Problems.NotFound("conversation");

        if (new object?[] { before, after, around, cursor }.Count(place => place is not null) > 1)
            return Problems.Invalid(("cursor", "Give one of cursor, before, after and around."));
        if ((before ?? after ?? around) is { } named)
        {
            cursor = await PlaceAsync(db, id, named, cancellationToken);
            if (cursor is null) return Problems.NotFound("message");
        }

        var size = PageLimit.Of(limit);
        var newer = (after ?? around) is null
            ? []
            : await db.ReadableAsync(
                first => Newer(db, id, cursor!.Value, first), after is null ? size / 2 : size, cancellationToken);
        // The one in the middle is the first of the older ones.
        if (around is not null) cursor = new TimeCursor<Message>(cursor!.Value.Time, cursor.Value.Number + 1);
        var older = after is null
            ? await db.ReadableAsync(first => Query(db, id, cursor, first), size - newer.Count + 1, cancellationToken)
            : [];
        List<Message> messages = [.. newer.Reverse(), .. older];
        await Quotes.FillAsync(db, messages, cancellationToken);
        return TypedResults.Ok(Page.Of(
            messages, size, MessageView.Of, message => new TimeCursor<Message>(message.SentAt, message.Sequence)));
    }

    /// <summary>Finds where a message stands in its thread; null when it is not in this one.</summary>
    private static async Task<TimeCursor<Message>?> PlaceAsync(
        StoreDbContext db, ConversationId conversation, MessageId id, CancellationToken cancellationToken)
    {
        var place = await db.Messages.Where(message => message.Id == id && message.ConversationId == conversation)
            .Select(message => new { message.SentAt, message.Sequence }).SingleOrDefaultAsync(cancellationToken);
        return place is null ? null : new TimeCursor<Message>(place.SentAt, place.Sequence);
    }
}
