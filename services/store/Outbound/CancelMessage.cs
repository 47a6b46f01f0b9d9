using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Outbound;

/// <summary>
/// <c>DELETE /api/v1/messages/{message_id}</c>: takes a message back that Meta certainly does not have. Of one that waits, the sender
/// decides: only it knows whether a call was made.
/// </summary>
internal sealed class CancelMessage(IUnitOfWork<StoreDbContext> unitOfWork, Verdicts verdicts, EventLog log, TimeProvider clock)
{
    /// <summary>The sender answers within a moment, unless it is away.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapDelete("/{message_id}", HandleAsync).Needs(Scopes.Send)
            .WithSummary("Takes a scheduled message back, or one that waits; 202 when that is not decided yet. Instagram unsends nothing.")
            .Produces<SendAnswer>(StatusCodes.Status202Accepted)
            .Refuses(StatusCodes.Status409Conflict, "too_late");

    private static async Task<Results<Ok<SendAnswer>, Accepted<SendAnswer>, ProblemHttpResult>> HandleAsync(
        MessageId message_id, Caller caller, CancelMessage cancel, CancellationToken cancellationToken)
    {
        var (answer, problem) = await cancel.CancelAsync(message_id, caller, cancellationToken);
        if (problem is not null) return problem;
        return answer!.Status switch
        {
            MessageStatus.Cancelled => TypedResults.Ok(answer),
            MessageStatus.Pending => TypedResults.Accepted((string?)null, answer),
            _ => TooLate(answer.Status),
        };
    }

    private async Task<(SendAnswer? Answer, ProblemHttpResult? Problem)> CancelAsync(
        MessageId id, Caller caller, CancellationToken cancellationToken)
    {
        using var waiting = verdicts.Begin([id]);
        var (answer, problem) = await unitOfWork.ExecuteAsync(scope => CancelAsync(scope, id, caller), cancellationToken);
        return problem is null ? (await verdicts.WaitAsync(waiting, answer!, Wait, cancellationToken), null) : (null, problem);
    }

    private async Task<(SendAnswer? Answer, ProblemHttpResult? Problem)> CancelAsync(
        WorkScope<StoreDbContext> scope, MessageId id, Caller caller)
    {
        var thread = await scope.Db.Messages.Where(row => row.Id == id).Select(row => (ConversationId?)row.ConversationId)
            .SingleOrDefaultAsync();
        var conversation = await scope.Db.Conversations.ForUpdate().SingleOrDefaultAsync(row => row.Id == thread);
        var message = await scope.Db.Messages.Include(row => row.Attachments).SingleOrDefaultAsync(row => row.Id == id);
        if (conversation is null || message is null || !caller.CanSee(message.AccountId)) return (null, Problems.NotFound("message"));
        var now = clock.GetUtcNow();
        switch (message.Status)
        {
            case MessageStatus.Scheduled:
                var account = await scope.Db.Accounts.SingleAsync(row => row.Id == message.AccountId);
                message.Cancel();
                await NewestMessages.FindAsync(scope.Db, [conversation]);
                await Quotes.FillAsync(scope.Db, [message]);
                if (message.Content?.CommentId is { } comment) await PrivateReplies.EndAsync(scope.Db, conversation, message, comment);
                log.Append(scope, EventTypes.MessageStatus, account, conversation, message);
                break;
            case MessageStatus.Pending:
                scope.Publish(new CancelSend(id, message.AccountId, conversation.ContactId, now));
                break;
            case MessageStatus.Cancelled:
                break;
            default:
                return (null, TooLate(message.Status));
        }

        return (SendAnswer.Of([message], conversation.ContactId), null);
    }

    private static ProblemHttpResult TooLate(MessageStatus? status) => Problems.Of(
        StatusCodes.Status409Conflict,
        "too_late",
        "Only a message that Meta does not have can be taken back, and Instagram unsends nothing for a program.",
        ("status", status));
}
