using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Conversations;

/// <summary><c>GET /conversations/{id}</c>: one conversation as the list shows it.</summary>
internal static class ConversationItem
{
    public static void MapConversationItem(this IEndpointRouteBuilder routes) => routes.MapGet("/{id}", GetAsync)
        .WithSummary("One conversation, as the list shows it.")
        .Needs(Scopes.Read);

    private static async Task<Results<Ok<ConversationView>, ProblemHttpResult>> GetAsync(
        ConversationId id,
        Caller caller,
        IDbContextFactory<StoreDbContext> factory,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var conversation = await db.Conversations.SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        if (conversation is null || !caller.CanSee(conversation.AccountId)) return Problems.NotFound("conversation");
        return TypedResults.Ok((await ConversationView.ListAsync(db, [conversation], clock.GetUtcNow(), cancellationToken))[0]);
    }
}
