using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Hosting.Security;

/// <summary>
/// Which accounts somebody may see: all there are, or those that are listed. "All" must be said explicitly: a list that is missing, or was
/// lost on the way from one service to another, shows nothing.
/// </summary>
public sealed class AccountReach
{
    /// <summary>Every account there is, and every later one.</summary>
    public static readonly AccountReach All = new(isAll: true, []);

    private readonly HashSet<AccountId> _listed;

    private AccountReach(bool isAll, HashSet<AccountId> listed) => (IsAll, _listed) = (isAll, listed);

    /// <summary>Whether it is every account.</summary>
    public bool IsAll { get; }

    /// <summary>The accounts; empty when <see cref="IsAll"/>, so that code which forgets to check that shows too little.</summary>
    public IReadOnlySet<AccountId> Listed => _listed;

    /// <summary>Makes a reach of these accounts and no others.</summary>
    /// <param name="accounts">The accounts; none for nothing.</param>
    /// <returns>The reach.</returns>
    public static AccountReach Of(params IEnumerable<AccountId> accounts) => new(isAll: false, [.. accounts]);

    /// <summary>Whether an account may be seen.</summary>
    /// <param name="account">Any account.</param>
    /// <returns>True for any account when <see cref="IsAll"/>, else for those that are listed.</returns>
    public bool Contains(AccountId account) => IsAll || _listed.Contains(account);
}
