using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;

namespace InstaMessenger.Sender.Proofs;

/// <summary>
/// Asks Meta whose a token is, and redeems codes, with no second try: the client who asked waits, and asks again. A refusal is about the
/// token that was tried and says nothing about the one that an account has, so nothing is held back by it.
/// </summary>
internal sealed class ProofWorker(
    WaitingProofs proofs, LoginRedemption redemption, IUnitOfWork<SenderDbContext> unitOfWork, GraphClient graph, TimeProvider clock)
    : Worker
{
    private const int AtOnce = 16;

    public override string Name => "sender.proofs";

    public override TimeSpan Interval => TimeSpan.FromMinutes(1);

    public override WakeSignal Signal => proofs;

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(
            proofs.Take(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, AnswerAsync);
        return NextRound.WhenWoken;
    }

    private async ValueTask AnswerAsync(object question, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var answer = question switch
        {
            ProveAccess prove when now - prove.AskedAt <= ProveAccess.Patience => await ProveAsync(prove, cancellationToken),
            RedeemCode redeem when now - redeem.AskedAt <= RedeemCode.Patience => await redemption.RedeemAsync(redeem, cancellationToken),
            _ => null,
        };
        if (answer is null) return;
        await unitOfWork.ExecuteAsync(
            scope =>
            {
                scope.Publish(answer);
                return Task.CompletedTask;
            },
            cancellationToken);
    }

    private async Task<AccessProven> ProveAsync(ProveAccess question, CancellationToken cancellationToken)
    {
        var reply = await graph.AskAsync(
            question.AccountId,
            question.LoginType,
            question.ProtectedAccessToken,
            (api, version, token, end) => api.ReadOwnerAsync(version, token, TokenOwner.FieldsOf(question.LoginType), end),
            cancellationToken);
        if (!reply.IsSuccess) return ProofAnswer.OfReply(question.QuestionId, reply, clock);
        return TokenOwner.Of(question.LoginType, reply.Body) is { } owner
            ? new AccessProven(question.QuestionId, AccessOutcome.Proven, [owner], null, null, clock.GetUtcNow())
            : ProofAnswer.Refused(
                question.QuestionId,
                "token_of_another_account",
                "Meta names no Instagram professional account for this token.",
                clock);
    }
}
