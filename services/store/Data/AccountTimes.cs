using System.Collections.Concurrent;
using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Store.Data;

/// <summary>
/// When Meta last told something of an account and last took a message of it, as far as this process saw it since it told last. In memory
/// alone: what a crash takes of it is a minute old, and told by the next one.
/// </summary>
internal sealed class AccountTimes
{
    private readonly ConcurrentDictionary<AccountId, DateTimeOffset> _told = new();
    private readonly ConcurrentDictionary<AccountId, DateTimeOffset> _sent = new();

    public void Told(AccountId account, DateTimeOffset at) => Note(_told, account, at);

    public void Sent(AccountId account, DateTimeOffset at) => Note(_sent, account, at);

    /// <summary>Takes the times out.</summary>
    public (Dictionary<AccountId, DateTimeOffset> Told, Dictionary<AccountId, DateTimeOffset> Sent) Take() => (Take(_told), Take(_sent));

    private static void Note(ConcurrentDictionary<AccountId, DateTimeOffset> times, AccountId account, DateTimeOffset at) =>
        times.AddOrUpdate(account, at, (_, known) => known > at ? known : at);

    private static Dictionary<AccountId, DateTimeOffset> Take(ConcurrentDictionary<AccountId, DateTimeOffset> times)
    {
        var taken = new Dictionary<AccountId, DateTimeOffset>();
        foreach (var account in times.Keys)
            if (times.TryRemove(account, out var at)) taken[account] = at;
        return taken;
    }
}
