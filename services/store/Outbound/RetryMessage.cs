using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Outbound;

/// <summary>
/// <c>POST /api/v1/messages/{message_id}/retry</c>: a new send of what a message failed to say. A message has one retry, which may have
/// one itself, so that two that ask at once send once.
/// </summary>
internal sealed class RetryMessage(
    IUnitOfWork<StoreDbContext> unitOfWork, SendRepeats repeats, Verdicts verdicts, EventLog log, TimeProvider clock)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/{message_id}/retry", HandleAsync).Needs(Scopes.Send).KeepsItsAnswers()
            .WithSummary("Sends anew what failed, where that can help; an unknown one only with even_if_it_may_double.")
            .WithDescription("Answers like a send, with the new message. Waits for Instagram's answer as Prefer: wait= says.")
            .Produces<SendAnswer>(StatusCodes.Status202Accepted)
            .Refuses(
                StatusCodes.Status409Conflict, "not_failed", "not_retryable", "already_retried", "may_double", "earlier_was_sent",
                "upload_expired", "window_closed", "comment_not_repliable");

    private static async Task<Results<WrittenResult<SendAnswer>, ProblemHttpResult>> HandleAsync(
        HttpContext context, MessageId message_id, RetryRequest? request, Caller caller, RetryMessage retry)
    {
        if (SendKey.Read(context.Request.Headers, field: null, out var key) is { } unreadable) return unreadable;
        var (wait, mayDouble) = (WaitPreference.Of(context.Request.Headers["Prefer"]).Wait, request?.EvenIfItMayDouble ?? false);
        // A key counts for one message: that of another send, or of another retry, is another one.
        var given = new SendKey($"{caller.Id} {message_id}", key, mayDouble ? "retry at any risk" : "retry", wait);
        return await retry.AnswerAsync(context, message_id, given, mayDouble, caller);
    }

    private async Task<Results<WrittenResult<SendAnswer>, ProblemHttpResult>> AnswerAsync(
        HttpContext context, MessageId id, SendKey given, bool mayDouble, Caller caller)
    {
        var newId = MessageId.New(clock);
        using var waiting = verdicts.Begin([newId]);
        var (answer, seen, problem) = await unitOfWork.ExecuteAsync<(SendAnswer? Answer, Acceptance? Seen, ProblemHttpResult? Problem)>(
            async scope =>
            {
                if (await repeats.FindAsync(scope.Db, given) is { } before) return (null, before, null);
                var (begun, refusal) = await RetryAsync(scope, id, newId, mayDouble, caller);
                if (begun is not null) SendRepeats.Begin(scope.Db, given, begun, begun.CreatedAt);
                return (begun, null, refusal);
            },
            context.RequestAborted);
        if (problem is not null) return problem;
        return seen is not null
            ? SendRepeats.Again(context.Response, seen)
            : await repeats.AnswerAsync(given, await verdicts.WaitAsync(waiting, answer!, given.Wait, context.RequestAborted));
    }

    private async Task<(SendAnswer? Answer, ProblemHttpResult? Problem)> RetryAsync(
        WorkScope<StoreDbContext> scope, MessageId id, MessageId newId, bool mayDouble, Caller caller)
    {
        var (db, now) = (scope.Db, clock.GetUtcNow());
        var thread = await db.Messages.Where(row => row.Id == id).Select(row => (ConversationId?)row.ConversationId).SingleOrDefaultAsync();
        var conversation = await db.Conversations.ForUpdate().SingleOrDefaultAsync(row => row.Id == thread);
        var failed = await db.Messages.Include(row => row.Attachments).SingleOrDefaultAsync(row => row.Id == id);
        if (conversation is null || failed is null || !caller.CanSee(failed.AccountId)) return (null, Problems.NotFound("message"));
        var account = await db.Accounts.SingleAsync(row => row.Id == failed.AccountId);
        if (RefusalOf(failed, conversation, account, mayDouble) is { } refusal) return (null, refusal);
        if (await SentBeforeAsync(db, failed) is { } sent) return (null, Refuse(
            "earlier_was_sent",
            "The message in whose place it was to be sent has reached Instagram after all, so the customer has it.",
            ("sent_as", sent)));
        if (!AttachedUploads.AreKept(failed))
            return (null, Refuse("upload_expired", "Its file was uploaded and is not kept any more: upload it and send it anew."));
        var (comment, permit) = failed.Content!.CommentId is { } commentId
            ? await PrivateReplies.FindAsync(db, account.Id, commentId, failed.Id, now)
            : (null, SendPermit.Of(conversation.FactsFor(account.HumanAgent), AuthorOf(failed), now));
        var code = failed.Content.CommentId is null ? "window_closed" : SendErrorCodes.CommentNotRepliable;
        if (permit.Refusal is { } closed) return (null, WindowProblem.Of(closed, code));
        if (comment is not null)
        {
            comment.Answer(newId, now);
            conversation.ReplyInPrivate(now);
        }

        var message = Message.Compose(
            conversation,
            MessageContent.Of(failed.Content),
            failed.Origin ?? Origin.Api,
            now,
            newId,
            failed.Metadata,
            failed.Author);
        AttachedUploads.PassOn(failed, message, account, now);
        failed.RetryAs(newId);
        await Quotes.FillAsync(db, [message]);
        db.Add(message);
        conversation.Add(message, now);
        log.Append(scope, EventTypes.MessageStatus, account, conversation, message);
        scope.Publish(SendCommand.Of(message, account, conversation, permit, now, before: null) with { InsteadOf = failed.Id });
        return (SendAnswer.Of([message], conversation.ContactId), null);
    }

    /// <summary>
    /// Finds what the customer has of the same words: one that was unknown and given up for this one, and whose echo came all the same. An
    /// echo settles the earlier of two equal texts, so this one may count as not delivered although it was.
    /// </summary>
    private static async Task<MessageId?> SentBeforeAsync(StoreDbContext db, Message failed)
    {
        var (id, sequence) = (failed.Id, failed.Sequence);
        while (true)
        {
            var earlier = await db.Messages
                .Where(row => row.ConversationId == failed.ConversationId && row.RetriedBy == id && row.Sequence < sequence)
                .OrderBy(row => row.Sequence).Select(row => new { row.Id, row.Sequence, row.Status }).FirstOrDefaultAsync();
            if (earlier is null) return null;
            if (earlier.Status is MessageStatus.Sent or MessageStatus.Read) return earlier.Id;
            (id, sequence) = (earlier.Id, earlier.Sequence);
        }
    }

    /// <summary>The words are whose they were, whoever has them sent anew. Those of a program that did not say count as its own.</summary>
    private static Author AuthorOf(Message failed) => failed.Author == Author.Human ? Author.Human : Author.Automation;

    private static ProblemHttpResult? RefusalOf(Message failed, Conversation conversation, Account account, bool mayDouble)
    {
        if (account.UnlinkedAt is not null) return Refuse("not_retryable", "The account is not linked any more.");
        if (failed.RetriedBy is { } by) return Refuse("already_retried", "It was sent anew already; retry that one.", ("retried_by", by));
        return failed switch
        {
            { Content: null } => Refuse("not_retryable", "It is no message that was sent from here."),
            { Status: MessageStatus.Cancelled } => null,
            { Status: MessageStatus.Unknown } when mayDouble => null,
            { Status: MessageStatus.Unknown } => Refuse(
                "may_double",
                "It may have reached the customer. Look into the conversation at Instagram; with \"even_if_it_may_double\":true it is sent "
                    + "anew all the same."),
            { Status: MessageStatus.Failed } when CanHelp(failed, conversation) => null,
            { Status: MessageStatus.Failed } => Refuse("not_retryable", $"The same would fail again: {failed.ErrorMessage}"),
            _ => Refuse("not_failed", "Only a message that failed can be sent anew.", ("status", failed.Status)),
        };
    }

    /// <summary>Whether something has changed, or can have, since it failed.</summary>
    private static bool CanHelp(Message failed, Conversation conversation) => failed.ErrorRetryable || failed.ErrorCode == "window_closed"
        || (failed.ErrorCode == "recipient_unavailable" && conversation.LastInboundAt > failed.FailedAt);

    private static ProblemHttpResult Refuse(string code, string detail, params (string, object?)[] more) =>
        Problems.Of(StatusCodes.Status409Conflict, code, detail, more);

    /// <param name="EvenIfItMayDouble">Whether an unknown message is sent anew although the customer may get it twice.</param>
    internal sealed record RetryRequest(bool? EvenIfItMayDouble);
}
