using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Data;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// Which sends may be claimed. The rule of order: the sends of one account to one contact are a lane; of each lane only the earliest open
/// send may go, and none while another of the lane is in hand. An unknown one holds up those behind it until its conversation is read, and
/// no longer: waiting for an unknown could be for ever. A part of a request goes only behind the part before it.
/// </summary>
internal static class DueSends
{
    /// <summary>A send that may go.</summary>
    public sealed record Candidate
    {
        public required long Sequence { get; init; }

        public required AccountId AccountId { get; init; }

        public required InstagramUserId RecipientId { get; init; }

        /// <summary>Whether it is audio or video, which Meta takes more slowly.</summary>
        public required bool Heavy { get; init; }

        /// <summary>Whether the account is recovering from a pause and sends one at a time.</summary>
        public required bool Probe { get; init; }
    }

    /// <summary>Finds what may go now, longest due first.</summary>
    /// <param name="ledger">The sends.</param>
    /// <param name="accounts">Their accounts.</param>
    /// <param name="now">The time (UTC).</param>
    /// <param name="exhausted">Accounts that may send nothing now.</param>
    /// <param name="exhaustedHeavy">Accounts that may send no audio or video now.</param>
    /// <param name="unknownSince">A send that became unknown later than this (UTC), and was not looked for yet, holds up its lane.</param>
    /// <param name="process">The process that looks; accounts that another process owns are left out.</param>
    public static IQueryable<Candidate> Find(
        IQueryable<LedgerEntry> ledger,
        IQueryable<SendingAccount> accounts,
        DateTimeOffset now,
        List<AccountId> exhausted,
        List<AccountId> exhaustedHeavy,
        DateTimeOffset unknownSince,
        string? process = null) =>
        from row in ledger
        join account in accounts on row.AccountId equals account.AccountId
        where (row.State == LedgerState.Queued || row.State == LedgerState.Waiting) && row.DueAt <= now && row.ExpiresAt > now
        where account.Version >= row.AccountVersion && !account.Unlinked && !account.TokenRefused
        where account.PausedUntil == null || account.PausedUntil <= now
        // A probe is one call, whichever process made it: its owner may have lost the account while the call hangs.
        where account.Pauses == 0
            || !ledger.Any(other => other.AccountId == row.AccountId && other.State == LedgerState.Claimed)
        where account.Owner == null || account.Owner == process || account.OwnedUntil <= now
        where !exhausted.Contains(row.AccountId)
        where !(row.Heavy && exhaustedHeavy.Contains(row.AccountId))
        where !ledger.Any(other => other.AccountId == row.AccountId && other.RecipientId == row.RecipientId
            && (other.State == LedgerState.Queued || other.State == LedgerState.Waiting) && other.Sequence < row.Sequence)
        where !ledger.Any(
            other => other.AccountId == row.AccountId && other.RecipientId == row.RecipientId && other.State == LedgerState.Claimed)
        where !ledger.Any(other => other.AccountId == row.AccountId && other.RecipientId == row.RecipientId
            && other.State == LedgerState.Unknown && other.Looks == 0 && other.DueAt != null && other.SettledAt > unknownSince)
        where row.After == null || ledger.Any(before => before.MessageId == row.After && before.State == LedgerState.Sent)
        orderby row.DueAt, row.Sequence
        select new Candidate
        {
            Sequence = row.Sequence,
            AccountId = row.AccountId,
            RecipientId = row.RecipientId,
            Heavy = row.Heavy,
            Probe = account.Pauses > 0,
        };
}
