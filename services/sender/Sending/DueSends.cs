using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Data;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// Which sends may be claimed. The rule of order: the sends of one account to one contact are a lane; of each lane only
/// the earliest open send may go, and none while another of the lane is in hand. What is settled, or unknown, holds nobody up: waiting
/// for an unknown could be for ever.
/// </summary>
internal static class DueSends
{
    /// <summary>A send that may go.</summary>
    public sealed record Candidate
    {
        public required long Sequence { get; init; }

        public required AccountId AccountId { get; init; }

        /// <summary>Whether it is audio or video, which Meta takes more slowly.</summary>
        public required bool Heavy { get; init; }

        /// <summary>Whether the account is recovering from a pause and sends one at a time.</summary>
        public required bool Probe { get; init; }
    }

    /// <summary>Finds what may go now, longest due first.</summary>
    public static IQueryable<Candidate> Find(
        IQueryable<LedgerEntry> ledger,
        IQueryable<SendingAccount> accounts,
        DateTimeOffset now,
        List<AccountId> exhausted,
        List<AccountId> exhaustedHeavy) =>
        from row in ledger
        join account in accounts on row.AccountId equals account.AccountId
        where (row.State == LedgerState.Queued || row.State == LedgerState.Waiting) && row.DueAt <= now && row.ExpiresAt > now
        where account.Version >= row.AccountVersion && !account.Unlinked && !account.TokenRefused
        where account.PausedUntil == null || account.PausedUntil <= now
        where !exhausted.Contains(row.AccountId)
        where !((row.AttachmentType == "audio" || row.AttachmentType == "video") && exhaustedHeavy.Contains(row.AccountId))
        where !ledger.Any(other => other.AccountId == row.AccountId && other.RecipientId == row.RecipientId
            && (other.State == LedgerState.Queued || other.State == LedgerState.Waiting) && other.Sequence < row.Sequence)
        where !ledger.Any(other => other.AccountId == row.AccountId && other.RecipientId == row.RecipientId && other.State == LedgerState.Claimed)
        orderby row.DueAt, row.Sequence
        select new Candidate
        {
            Sequence = row.Sequence,
            AccountId = row.AccountId,
            Heavy = row.AttachmentType == "audio" || row.AttachmentType == "video",
            Probe = account.Pauses > 0,
        };
}
