using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Conversations;

/// <summary><c>POST /conversations/{id}/typing</c>: shows the customer that somebody writes, or does not any more.</summary>
internal static class TypingSign
{
    public static void MapTypingSign(this IEndpointRouteBuilder routes) => routes.MapPost("/{id}/typing", ShowAsync)
        .WithSummary("Shows the customer that somebody writes to them. Nobody is told whether it was shown.")
        .Needs(Scopes.Send)
        .Refuses(StatusCodes.Status409Conflict, "window_closed")
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<NoContent, ProblemHttpResult>> ShowAsync(
        ConversationId id,
        Typing typing,
        Caller caller,
        IUnitOfWork<StoreDbContext> unitOfWork,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (typing.On is not { } on) return Problems.Invalid(("on", "Must be true or false."));
        return await unitOfWork.ExecuteAsync<Results<NoContent, ProblemHttpResult>>(
            async scope =>
            {
                var conversation = await scope.Db.Conversations.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id);
                if (conversation is null || !caller.CanSee(conversation.AccountId)) return Problems.NotFound("conversation");
                var account = await scope.Db.Accounts.AsNoTracking().SingleAsync(row => row.Id == conversation.AccountId);
                var now = clock.GetUtcNow();
                if (SendPermit.ForSigns(conversation.FactsFor(account.HumanAgent), now).Refusal is { } refusal)
                    return WindowProblem.Of(refusal);
                scope.Publish(new ShowSign(account.Id, conversation.ContactId, on ? Sign.TypingOn : Sign.TypingOff, now));
                return TypedResults.NoContent();
            },
            cancellationToken);
    }

    /// <param name="On">Whether somebody writes.</param>
    internal sealed record Typing(bool? On);
}
