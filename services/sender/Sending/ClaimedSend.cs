using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;

namespace InstaMessenger.Sender.Sending;

/// <summary>A send in hand.</summary>
/// <param name="Sequence">Its row.</param>
/// <param name="Attempt">The number of the claim; a row with another one is not ours any more.</param>
/// <param name="ClaimedUntil">No call of the claim ends later (UTC).</param>
/// <param name="TraceParent">The trace of the request to send.</param>
/// <param name="Recovering">Whether the account sends one at a time, as a probe.</param>
/// <param name="Call">What its one call needs.</param>
internal sealed record ClaimedSend(
    long Sequence, MessageId MessageId, int Attempt, DateTimeOffset ClaimedUntil, string? TraceParent, bool Recovering, GraphCall Call)
{
    public AccountId AccountId => Call.AccountId;

    public static ClaimedSend Of(LedgerEntry row, SendingAccount account) => new(
        row.Sequence,
        row.MessageId,
        row.Attempts,
        row.ClaimedUntil!.Value,
        row.TraceParent,
        account.Pauses > 0,
        new GraphCall(
            row.AccountId,
            account.InstagramAccountId,
            account.LoginType,
            account.ProtectedToken,
            row.RecipientId,
            row.Content ?? new OutgoingContent(),
            row.HumanAgentTag));
}
