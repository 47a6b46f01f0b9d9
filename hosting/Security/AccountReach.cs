using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Hosting.Security;

/// <summary>
/// Which accounts somebody may see: all there are, or those that are listed. "All" is said in so many words: a list that is missing, or was
/// lost on the way from one service to another, shows nothing.
/// </summary>
public sealed class AccountReach
{
    /// <summary>Every account there is, also later ones.</summary>
    public static readonly AccountReach All = new(isAll: true, []);

    private readonly HashSet<AccountId> _listed;

    private AccountReach(bool isAll, HashSet<AccountId> listed) => (IsAll, _listed) = (isAll, listed);

    /// <summary>Whether it is every account.</summary>
    public bool IsAll { get; }

    /// <summary>The accounts; empty when <see cref="IsAll"/>, so that who forgets to ask shows too little.</summary>
    public IReadOnlySet<AccountId> Listed => _listed;

    /// <summary>These accounts and no others.</summary>
    /// <param name="accounts">The accounts; none for nothing.</param>
    /// <returns>The reach.</returns>
    public static AccountReach Of(params IEnumerable<AccountId> accounts) => new(isAll: false, [.. accounts]);

    /// <summary>Whether an account is within it.</summary>
    /// <param name="account">Any account.</param>
    /// <returns>The answer.</returns>
    public bool Contains(AccountId account) => IsAll || _listed.Contains(account);
}
