using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Commands;

/// <summary>
/// Read the threads that Meta shows of an account, newest first, and report what is in them. A later run takes the place of an earlier one
/// of the same purpose.
/// </summary>
/// <param name="Purpose">What becomes of the messages.</param>
/// <param name="Run">Grows with each run of the account.</param>
/// <param name="Since">Older messages are left out (UTC); null for all that Meta shows.</param>
/// <param name="Until">Messages of this time and younger ones are left out (UTC): their webhooks are on the way.</param>
/// <param name="OwnIds">The ids by which Meta may name the account itself, 1 to 20 digits each.</param>
/// <param name="Username">The account's name at Instagram, a second way to tell it from its customers.</param>
public sealed record ReadHistory(
    AccountId AccountId,
    HistoryPurpose Purpose,
    long Run,
    DateTimeOffset? Since,
    DateTimeOffset Until,
    IReadOnlyList<string> OwnIds,
    string Username);

/// <summary>Why an account's threads are read.</summary>
public enum HistoryPurpose
{
    /// <summary>They are what was before the account was linked, or long ago: nobody waits for it.</summary>
    Import,

    /// <summary>They are of the last day: whatever is missing is a message whose webhook was lost.</summary>
    Sweep,
}
