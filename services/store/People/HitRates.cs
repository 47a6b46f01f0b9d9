using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Store.People;

/// <summary>Counts, by account, how often a profile was known, and says so once a minute. What a crash takes of it is not missed.</summary>
internal sealed class HitRates
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);

    private readonly Dictionary<AccountId, (int Hits, int Misses)> _counts = [];
    private DateTimeOffset _tellAt = DateTimeOffset.MaxValue;

    public void Add(AccountId account, bool isHit, DateTimeOffset now)
    {
        if (_counts.Count == 0) _tellAt = now + TellEvery;
        var (hits, misses) = _counts.GetValueOrDefault(account);
        _counts[account] = isHit ? (hits + 1, misses) : (hits, misses + 1);
    }

    public bool IsDue(DateTimeOffset now) => _counts.Count > 0 && now >= _tellAt;

    /// <summary>Takes the counts out.</summary>
    public List<ProfileCacheUsed> Take(DateTimeOffset now)
    {
        List<ProfileCacheUsed> used =
            [.. _counts.Select(count => new ProfileCacheUsed(count.Key, count.Value.Hits, count.Value.Misses, now))];
        _counts.Clear();
        return used;
    }
}
