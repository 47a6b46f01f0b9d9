using System.Collections.Concurrent;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.Sender.Signs;

/// <summary>The newest sign for each customer; an older one would only be seen for a moment.</summary>
internal sealed class WaitingSigns : WakeSignal
{
    /// <summary>More than can be shown in time; what comes beyond is dropped.</summary>
    private const int Most = 1000;

    private readonly ConcurrentDictionary<(AccountId, InstagramUserId), ShowSign> _signs = new();

    public void Add(ShowSign sign)
    {
        var key = (sign.AccountId, sign.ContactId);
        if (_signs.Count >= Most && !_signs.ContainsKey(key)) return;
        _signs.AddOrUpdate(key, sign, (_, other) => other.At > sign.At ? other : sign);
        Wake();
    }

    /// <summary>Takes all that wait.</summary>
    public IReadOnlyList<ShowSign> Take()
    {
        List<ShowSign> taken = [];
        foreach (var key in _signs.Keys)
        {
            if (_signs.TryRemove(key, out var sign)) taken.Add(sign);
        }

        return taken;
    }
}
