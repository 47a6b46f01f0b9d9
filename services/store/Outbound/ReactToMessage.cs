using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Outbound;

/// <summary><c>POST</c> and <c>DELETE /api/v1/messages/{message_id}/reaction</c>.</summary>
internal static class ReactToMessage
{
    /// <summary>Meta's documents know no other word in this direction.</summary>
    private const string Love = "love";

    /// <summary>How long Meta is asked again while it is away. A reaction that comes later would only hold up what is said since.</summary>
    private static readonly TimeSpan UsefulFor = TimeSpan.FromMinutes(10);

    public static void MapReactToMessage(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/{message_id}/reaction", ReactAsync).Needs(Scopes.Send).Idempotent<StoreDbContext>()
            .WithSummary("Reacts to a customer's message. What comes of it is told as message.reaction or message.reaction_failed.")
            .Refuses(
                StatusCodes.Status409Conflict, "not_reactable",
                "window_closed").ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        routes.MapDelete("/{message_id}/reaction", UnreactAsync).Needs(Scopes.Send)
            .WithSummary("Takes the reaction back.")
            .Refuses(StatusCodes.Status409Conflict, "not_reactable", "window_closed");
    }

    private static async Task<Results<Accepted<ReactionAnswer>, ProblemHttpResult>> ReactAsync(
        MessageId message_id,
        ReactionRequest request,
        Caller caller,
        KeyedRequest keyed,
        IUnitOfWork<StoreDbContext> unitOfWork,
        TimeProvider clock,
        CancellationToken cancellationToken) => request.Reaction != Love
        ? Problems.Invalid(("reaction", "Must be love: Instagram takes no other reaction of a business."))
        : await unitOfWork.ExecuteAsync(scope => AcceptAsync(scope, message_id, Love, caller, clock, keyed), cancellationToken);

    private static Task<Results<Accepted<ReactionAnswer>, ProblemHttpResult>> UnreactAsync(
        MessageId message_id,
        Caller caller,
        IUnitOfWork<StoreDbContext> unitOfWork,
        TimeProvider clock,
        CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(scope => AcceptAsync(scope, message_id, null, caller, clock), cancellationToken);

    private static async Task<Results<Accepted<ReactionAnswer>, ProblemHttpResult>> AcceptAsync(
        WorkScope<StoreDbContext> scope, MessageId id, string? reaction, Caller caller, TimeProvider clock, KeyedRequest? keyed = null)
    {
        var (db, now) = (scope.Db, clock.GetUtcNow());
        var message = await db.Messages.SingleOrDefaultAsync(row => row.Id == id);
        if (message is null || !caller.CanSee(message.AccountId)) return Problems.NotFound("message");
        var account = await db.Accounts.SingleAsync(row => row.Id == message.AccountId);
        if (account.UnlinkedAt is not null
            || message is not { Direction: Direction.Inbound, InstagramMessageId: { } mid, IsDeleted: false })
            return Problems.Of(
                StatusCodes.Status409Conflict,
                "not_reactable",
                "Only a customer's message that Instagram still has, in a linked account, can be reacted to.");
        var conversation = await db.Conversations.SingleAsync(row => row.Id == message.ConversationId);
        var permit = SendPermit.ForSigns(conversation.FactsFor(account.HumanAgent), now);
        if (permit.Refusal is { } refusal) return WindowProblem.Of(refusal);
        var until = permit.ExpiresAt < now + UsefulFor ? permit.ExpiresAt : now + UsefulFor;
        scope.Publish(new SendMessage(
            MessageId.New(clock),
            account.Id,
            account.Version,
            conversation.ContactId,
            new OutgoingReaction(mid, reaction),
            HumanAgentTag: false,
            until,
            now));
        var answer = TypedResults.Accepted((string?)null, new ReactionAnswer(message.Id, reaction, MessageStatus.Pending));
        return keyed is null ? answer : await keyed.KeepAsync(scope, answer);
    }

    /// <param name="Reaction"><c>love</c>.</param>
    internal sealed record ReactionRequest(string? Reaction);

    /// <summary>What was accepted.</summary>
    /// <param name="Reaction">The reaction; null when it is taken back.</param>
    /// <param name="Status">Always <c>pending</c>: what comes of it is told as an event.</param>
    internal sealed record ReactionAnswer(MessageId MessageId, string? Reaction, MessageStatus Status);
}
