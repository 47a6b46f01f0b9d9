using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Conversations;

/// <summary><c>POST /conversations/{id}/read</c>: marks the thread as read.</summary>
internal static class ReadMark
{
    public static void MapReadMark(this IEndpointRouteBuilder routes) => routes.MapPost("/{id}/read", MarkAsync)
        .WithSummary("Marks a conversation as read, for everybody who sees it.")
        .Needs(Scopes.Send);

    private static async Task<Results<NoContent, ProblemHttpResult>> MarkAsync(
        ConversationId id,
        Caller caller,
        IUnitOfWork<StoreDbContext> unitOfWork,
        EventLog log,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var found = await unitOfWork.ExecuteAsync(
            async scope =>
            {
                var conversation = await scope.Db.Conversations.ForUpdate().SingleOrDefaultAsync(row => row.Id == id);
                if (conversation is null || !caller.CanSee(conversation.AccountId)) return false;
                var now = clock.GetUtcNow();
                if (!conversation.MarkRead(now)) return true;
                var account = await scope.Db.Accounts.SingleAsync(row => row.Id == conversation.AccountId);
                if (account.MarkSeen && SendPermit.ForSigns(conversation.FactsFor(account.HumanAgent), now).Refusal is null)
                    scope.Publish(new ShowSign(account.Id, conversation.ContactId, Sign.MarkSeen, now));
                var view = await ConversationView.ListAsync(scope.Db, [conversation], now, CancellationToken.None);
                log.Append(
                    scope,
                    account,
                    conversation.Id,
                    EventTypes.ConversationUpdated,
                    new ConversationEventData(view[0]),
                    shown: conversation.LastMessageId);
                return true;
            },
            cancellationToken);
        if (!found) return Problems.NotFound("conversation");
        return TypedResults.NoContent();
    }
}
