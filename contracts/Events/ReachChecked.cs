using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Events;

/// <summary>Which accounts a user saw at some time after it was asked.</summary>
/// <param name="AllAccounts">Whether they see all, also later ones.</param>
/// <param name="AccountIds">The accounts that they see otherwise; none for a user who is gone or deactivated.</param>
/// <param name="AskedAt">When it was asked (UTC, the asker's clock).</param>
/// <param name="IsGone">Whether the user was deleted, and never comes back.</param>
public sealed record ReachChecked(
    string UserId, bool AllAccounts, IReadOnlyList<AccountId> AccountIds, DateTimeOffset AskedAt, bool IsGone = false);
