using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Security;

namespace InstaMessenger.Store.Events;

/// <summary>Which accounts a list or tap shows.</summary>
internal static class VisibleAccounts
{
    /// <summary>
    /// With more accounts than this a query goes through all rows in order and skips the others', instead of asking for each account's newest
    /// and merging: with so many the next match is near.
    /// </summary>
    public const int MostMerged = 32;

    /// <summary>Narrows what a caller may see to what he asks for.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="accountId">His <c>account_id</c>; null for all that are his.</param>
    /// <param name="accounts">The accounts; null for every account there is.</param>
    /// <returns>No when he asks for one that is not his, or that is none.</returns>
    public static bool TryNarrow(Caller caller, string? accountId, out IReadOnlySet<AccountId>? accounts)
    {
        accounts = caller.Accounts;
        if (accountId is null) return true;
        if (!AccountId.TryParse(accountId, out var account) || !caller.CanSee(account)) return false;
        accounts = new HashSet<AccountId> { account };
        return true;
    }
}
