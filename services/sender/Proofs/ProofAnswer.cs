using InstaMessenger.Contracts.Events;
using InstaMessenger.Sender.Graph;

namespace InstaMessenger.Sender.Proofs;

/// <summary>Says what an answer of Meta's means to whoever waits for it.</summary>
internal static class ProofAnswer
{
    public static AccessProven OfReply(string questionId, GraphReply reply, TimeProvider clock) => reply.Verdict switch
    {
        Verdict.Later { HoldBack: HoldBack.AccountUntilNewToken } dead => Refused(questionId, "token_invalid", dead.Message, clock),
        Verdict.Rejected { Code: "session_invalid" } dead => Refused(questionId, "token_invalid", dead.Message, clock),
        Verdict.Rejected { InDoubt: false } refused => Refused(questionId, refused.Code, refused.Message, clock),
        Verdict.Later later => Unavailable(questionId, later.Code, later.Message, clock),
        _ => Unavailable(questionId, "meta_unavailable", $"{reply.Fault ?? "Meta had an internal error"}. Ask again.", clock),
    };

    public static AccessProven Refused(string questionId, string code, string message, TimeProvider clock) =>
        new(questionId, AccessOutcome.Refused, [], code, message, clock.GetUtcNow());

    public static AccessProven Unavailable(string questionId, string code, string message, TimeProvider clock) =>
        new(questionId, AccessOutcome.Unavailable, [], code, message, clock.GetUtcNow());
}
