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

/// <summary>
/// <c>POST /conversations/{id}/read</c> and <c>/unread</c>: marks the thread as read, or as unread again, for everybody who sees it.
/// </summary>
internal static class ReadMark
{
    public static void MapReadMark(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/{id}/read", MarkReadAsync)
            .WithSummary("Marks a conversation as read, for everybody who sees it.")
            .Needs(Scopes.Send);
        routes.MapPost("/{id}/unread", MarkUnreadAsync)
            .WithSummary("Marks a conversation as unread again, for everybody who sees it. The customer is not told.")
            .Needs(Scopes.Send);
    }

    private static Task<Results<NoContent, ProblemHttpResult>> MarkReadAsync(
        ConversationId id,
        Caller caller,
        IUnitOfWork<StoreDbContext> unitOfWork,
        EventLog log,
        TimeProvider clock,
        CancellationToken cancellationToken) => MarkAsync(
            id,
            caller,
            unitOfWork,
            log,
            async (scope, conversation) =>
            {
                var now = clock.GetUtcNow();
                if (!conversation.MarkRead(now)) return false;
                var account = await scope.Db.Accounts.SingleAsync(row => row.Id == conversation.AccountId);
                if (account.MarkSeen && SendPermit.ForSigns(conversation.FactsFor(account.HumanAgent), now).Refusal is null)
                    scope.Publish(new ShowSign(account.Id, conversation.ContactId, Sign.MarkSeen, now));
                return true;
            },
            cancellationToken);

    private static Task<Results<NoContent, ProblemHttpResult>> MarkUnreadAsync(
        ConversationId id,
        Caller caller,
        IUnitOfWork<StoreDbContext> unitOfWork,
        EventLog log,
        TimeProvider clock,
        CancellationToken cancellationToken) => MarkAsync(
            id,
            caller,
            unitOfWork,
            log,
            (_, conversation) => Task.FromResult(conversation.MarkUnread(clock.GetUtcNow())),
            cancellationToken);

    private static async Task<Results<NoContent, ProblemHttpResult>> MarkAsync(
        ConversationId id,
        Caller caller,
        IUnitOfWork<StoreDbContext> unitOfWork,
        EventLog log,
        Func<WorkScope<StoreDbContext>, Conversation, Task<bool>> mark,
        CancellationToken cancellationToken)
    {
        var found = await unitOfWork.ExecuteAsync(
            async scope =>
            {
                var conversation = await scope.Db.Conversations.ForUpdate().SingleOrDefaultAsync(row => row.Id == id);
                if (conversation is null || !caller.CanSee(conversation.AccountId)) return false;
                if (!await mark(scope, conversation)) return true;
                var account = await scope.Db.Accounts.SingleAsync(row => row.Id == conversation.AccountId);
                var view = await ConversationView.ListAsync(scope.Db, [conversation], log.Now, CancellationToken.None);
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
