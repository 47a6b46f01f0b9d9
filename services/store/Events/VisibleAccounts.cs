using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Events;

/// <summary>Which accounts a list or tap shows.</summary>
internal static class VisibleAccounts
{
    /// <summary>
    /// With more accounts than this, a query goes through all rows in order and skips those of other accounts: with so many the next match
    /// is near. With fewer, it asks for each account's newest and merges them.
    /// </summary>
    public const int MostMerged = 32;

    /// <summary>Narrows what a caller may see to what they ask for.</summary>
    /// <param name="accountId">The <c>account_id</c> that they ask for; null for all their accounts.</param>
    /// <param name="accounts">The accounts that the list or tap shows.</param>
    /// <returns>False when the account is not theirs or does not exist.</returns>
    public static bool TryNarrow(Caller caller, AccountId? accountId, out AccountReach accounts)
    {
        accounts = caller.Accounts;
        if (accountId is not { } account) return true;
        if (!caller.CanSee(account)) return false;
        accounts = AccountReach.Of(account);
        return true;
    }

    /// <summary>
    /// Names the accounts of a reach that is "all", as long as they are few enough to be asked one by one; else the reach stays as it is.
    /// </summary>
    public static async Task<AccountReach> ListedAsync(StoreDbContext db, AccountReach reach, CancellationToken cancellationToken)
    {
        if (!reach.IsAll) return reach;
        var all = await db.ReadableAsync(
            first => db.Accounts.OrderBy(account => account.Id).Select(account => account.Id).Take(first),
            MostMerged + 1,
            cancellationToken);
        return all.Count > MostMerged ? reach : AccountReach.Of(all);
    }
}
