using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;

namespace InstaMessenger.Sender.Proofs;

/// <summary>
/// Asks Meta whose a token is, with one call and no second try: the client who pasted it waits, and asks again. A refusal is about the
/// token that was tried and says nothing about the one that an account has, so nothing is held back by it.
/// </summary>
internal sealed class ProofWorker(
    WaitingProofs proofs, IUnitOfWork<SenderDbContext> unitOfWork, GraphClient graph, TimeProvider clock) : Worker
{
    private const int AtOnce = 16;

    public override string Name => "sender.proofs";

    public override TimeSpan Interval => TimeSpan.FromMinutes(1);

    public override WakeSignal Signal => proofs;

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(
            proofs.Take(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, ProveAsync);
        return NextRound.WhenWoken;
    }

    private async ValueTask ProveAsync(ProveAccess question, CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() - question.AskedAt > ProveAccess.Patience) return;
        var reply = await graph.AskAsync(
            question.AccountId,
            question.LoginType,
            question.ProtectedAccessToken,
            (api, version, token, end) => api.ReadOwnerAsync(version, token, TokenOwner.FieldsOf(question.LoginType), end),
            cancellationToken);
        var answer = AnswerOf(question, reply);
        await unitOfWork.ExecuteAsync(
            scope =>
            {
                scope.Publish(answer);
                return Task.CompletedTask;
            },
            cancellationToken);
    }

    private AccessProven AnswerOf(ProveAccess question, GraphReply reply)
    {
        if (reply.IsSuccess) return TokenOwner.Of(question.LoginType, reply.Body) is { } owner
            ? new AccessProven(question.QuestionId, AccessOutcome.Proven, [owner], null, null, clock.GetUtcNow())
            : Answer(AccessOutcome.Refused, "token_of_another_account", "Meta names no Instagram professional account for this token.");
        return reply.Verdict switch
        {
            Verdict.Later { HoldBack: HoldBack.AccountUntilNewToken } dead => Answer(AccessOutcome.Refused, "token_invalid", dead.Message),
            Verdict.Rejected { Code: "session_invalid" } dead => Answer(AccessOutcome.Refused, "token_invalid", dead.Message),
            Verdict.Rejected { InDoubt: false } refused => Answer(AccessOutcome.Refused, refused.Code, refused.Message),
            Verdict.Later later => Answer(AccessOutcome.Unavailable, later.Code, later.Message),
            _ => Answer(AccessOutcome.Unavailable, "meta_unavailable", $"{reply.Fault ?? "Meta had an internal error"}. Ask again."),
        };

        AccessProven Answer(AccessOutcome outcome, string code, string message) =>
            new(question.QuestionId, outcome, [], code, message, clock.GetUtcNow());
    }
}
