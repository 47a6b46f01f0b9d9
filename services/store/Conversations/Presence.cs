using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Events;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Conversations;

/// <summary><c>POST /conversations/{id}/presence</c>: tells the colleagues who else is here.</summary>
internal static class Presence
{
    public static void MapPresence(this IEndpointRouteBuilder routes) => routes.MapPost("/{id}/presence", ShowAsync)
        .WithSummary("Shows the others on the live stream that you look at a conversation, or write in it.")
        .WithDescription(
            "state is viewing, typing or gone. The others get a frame presence, without an id and not in the log. Say it again every 20 s; "
            + "whoever was not heard of for a minute is gone. The customer is told nothing.")
        .Needs(Scopes.Send)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<NoContent, ProblemHttpResult>> ShowAsync(
        ConversationId id,
        Present present,
        Caller caller,
        IDbContextFactory<StoreDbContext> factory,
        PresenceBoard board,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (present.State is not { } state) return Problems.Invalid(("state", "Must be viewing, typing or gone."));
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var account = await db.Conversations.Where(row => row.Id == id).Select(row => (AccountId?)row.AccountId)
            .SingleOrDefaultAsync(cancellationToken);
        if (account is not { } owner || !caller.CanSee(owner)) return Problems.NotFound("conversation");
        var user = await PresentUsers.OfAsync(db, caller, cancellationToken);
        board.Show(new PresenceFrame(PresenceFrame.EventType, owner, id, user, state, clock.GetUtcNow()));
        return TypedResults.NoContent();
    }

    /// <param name="State">What the caller does.</param>
    internal sealed record Present(PresenceState? State);
}
