using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Data;

namespace InstaMessenger.Sender.Sending;

/// <summary>A send in hand: all that the one call of its claim needs.</summary>
internal sealed record ClaimedSend(
    long Sequence,
    MessageId MessageId,
    AccountId AccountId,
    InstagramUserId RecipientId,
    string? Text,
    string? AttachmentType,
    string? AttachmentUrl,
    bool HumanAgentTag,
    int Attempt,
    DateTimeOffset ClaimedUntil,
    string? TraceParent,
    ClaimedSend.Credentials Account)
{
    /// <summary>Whether Meta fetches something during the call.</summary>
    public bool IsMedia => AttachmentUrl is not null;

    public static ClaimedSend Of(LedgerEntry row, SendingAccount account) => new(
        row.Sequence,
        row.MessageId,
        row.AccountId,
        row.RecipientId,
        row.Text,
        row.AttachmentType,
        row.AttachmentUrl,
        row.HumanAgentTag,
        row.Attempts,
        row.ClaimedUntil!.Value,
        row.TraceParent,
        new Credentials(account.InstagramAccountId, account.LoginType, account.ProtectedToken, account.Pauses > 0));

    /// <summary>The account as it was at the claim.</summary>
    public sealed record Credentials(InstagramAccountId InstagramAccountId, LoginType LoginType, string? ProtectedToken, bool Recovering);
}
