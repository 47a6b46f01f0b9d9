using InstaMessenger.Contracts.Ids;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// Who may have how many calls under way. An account whose last call was quick may have <see cref="SenderOptions.MostPerAccount"/>. All
/// others, of whom nothing is known yet or whose calls hang, may have a quarter of that each and half of the slots together: so however
/// many accounts Meta lets hang, half of the slots stay for those that it answers.
/// </summary>
internal sealed class CallSlots(IOptions<SenderOptions> options, TimeProvider clock)
{
    /// <summary>A text is answered within one second, media within a few.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The calls under way, by row and attempt: once the end of one attempt is recorded the next may begin, before this has heard of the
    /// end.
    /// </summary>
    private readonly Dictionary<(long Sequence, int Attempt), (AccountId Account, long Began)> _calls = [];
    private readonly HashSet<AccountId> _quick = [];
    private readonly Lock _lock = new();

    public void Begin(ClaimedSend send)
    {
        lock (_lock) _calls[(send.Sequence, send.Attempt)] = (send.AccountId, clock.GetTimestamp());
    }

    public void End(ClaimedSend send)
    {
        lock (_lock)
        {
            if (!_calls.Remove((send.Sequence, send.Attempt), out var call)) return;
            if (clock.GetElapsedTime(call.Began) < Quick) _quick.Add(call.Account);
            else _quick.Remove(call.Account);
        }
    }

    /// <summary>The rows whose calls are under way.</summary>
    public List<long> Sequences()
    {
        lock (_lock) return [.. _calls.Keys.Select(call => call.Sequence).Distinct()];
    }

    /// <summary>The room for one round of claims; nothing of it is taken before the calls begin.</summary>
    public Round Begin()
    {
        lock (_lock)
        {
            foreach (var call in _calls.Values.Where(call => clock.GetElapsedTime(call.Began) >= Quick)) _quick.Remove(call.Account);
            return new Round(options.Value, _calls.Values.Select(call => call.Account), [.. _quick]);
        }
    }

    internal sealed class Round
    {
        private readonly SenderOptions _options;
        private readonly HashSet<AccountId> _quick;
        private readonly Dictionary<AccountId, int> _held = [];
        private int _slow;

        public Round(SenderOptions options, IEnumerable<AccountId> calls, HashSet<AccountId> quick)
        {
            (_options, _quick, Left) = (options, quick, options.Concurrency);
            foreach (var account in calls) Take(account);
        }

        /// <summary>Slots that are free.</summary>
        public int Left { get; private set; }

        /// <summary>Whether the account has a call under way or about to begin.</summary>
        public bool Holds(AccountId account) => _held.ContainsKey(account);

        /// <summary>Takes a slot if the account may have one more.</summary>
        public bool TryTake(AccountId account)
        {
            var quick = _quick.Contains(account);
            var most = quick ? _options.MostPerAccount : Math.Max(1, _options.MostPerAccount / 4);
            if (Left <= 0 || _held.GetValueOrDefault(account) >= most || (!quick && _slow >= Math.Max(1, _options.Concurrency / 2)))
                return false;
            Take(account);
            return true;
        }

        private void Take(AccountId account)
        {
            Left--;
            _held[account] = _held.GetValueOrDefault(account) + 1;
            if (!_quick.Contains(account)) _slow++;
        }
    }
}
