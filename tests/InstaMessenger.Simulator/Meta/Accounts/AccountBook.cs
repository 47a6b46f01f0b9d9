using System.Collections.Concurrent;

namespace InstaMessenger.Simulator.Meta.Accounts;

/// <summary>The accounts and tokens that the simulated Meta knows.</summary>
public sealed class AccountBook
{
    private readonly ConcurrentDictionary<string, SimulatedAccount> _accounts = new();
    private readonly ConcurrentDictionary<string, (string AccountId, TokenState State)> _tokens = new();
    private readonly ConcurrentDictionary<string, string[]> _subscriptions = new();

    /// <summary>Every account, by id.</summary>
    public IReadOnlyList<SimulatedAccount> All => [.. _accounts.Values.OrderBy(account => account.Id, StringComparer.Ordinal)];

    /// <summary>Adds or replaces an account and makes its token valid.</summary>
    public void Add(SimulatedAccount account)
    {
        ArgumentNullException.ThrowIfNull(account);
        _accounts[account.Id] = account;
        SetToken(account.Id, account.AccessToken, TokenState.Valid);
    }

    /// <summary>Issues, expires or revokes a token.</summary>
    public void SetToken(string accountId, string token, TokenState state) => _tokens[token] = (accountId, state);

    /// <summary>Puts every token of the account into a state: what an owner does by changing the password.</summary>
    public void SetAllTokens(string accountId, TokenState state)
    {
        foreach (var (token, held) in _tokens)
            if (held.AccountId == accountId) _tokens[token] = (accountId, state);
    }

    /// <summary>The webhook fields the account is subscribed to; empty when it is not.</summary>
    public IReadOnlyList<string> Subscriptions(string accountId) => _subscriptions.GetValueOrDefault(accountId) ?? [];

    /// <summary>Sets the subscribed fields; an empty list is what a silently lost subscription looks like.</summary>
    public void Subscribe(string accountId, IReadOnlyList<string> fields) => _subscriptions[accountId] = [.. fields];

    internal SimulatedAccount? Find(string id) => _accounts.GetValueOrDefault(id);

    internal (SimulatedAccount Account, TokenState State)? ByToken(string token) =>
        _tokens.TryGetValue(token, out var held) && Find(held.AccountId) is { } account ? (account, held.State) : null;
}
