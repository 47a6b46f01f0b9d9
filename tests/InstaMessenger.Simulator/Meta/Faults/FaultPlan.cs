namespace InstaMessenger.Simulator.Meta.Faults;

/// <summary>
/// Decides which calls go wrong. A queued fault is used once, the account's own queue before the common one;
/// with no fault queued the chances are drawn in the order they were given.
/// </summary>
public sealed class FaultPlan
{
    private readonly Lock _gate = new();
    private readonly List<(string? Account, string? Path, Fault Fault)> _queued = [];
    private readonly List<(string? Account, Fault Fault, double Probability, Random Random)> _chances = [];

    /// <summary>How many queued faults are left.</summary>
    public int Queued
    {
        get
        {
            lock (_gate) return _queued.Count;
        }
    }

    /// <summary>How many chances are set.</summary>
    public int Chances
    {
        get
        {
            lock (_gate) return _chances.Count;
        }
    }

    /// <summary>The next calls go wrong.</summary>
    /// <param name="fault">How.</param>
    /// <param name="times">How many calls.</param>
    /// <param name="account">Only this account's calls; null for anybody's.</param>
    /// <param name="path">Only calls whose path ends so; null for any.</param>
    public void Next(Fault fault, int times = 1, string? account = null, string? path = null)
    {
        lock (_gate)
            for (var i = 0; i < times; i++) _queued.Add((account, path, fault));
    }

    /// <summary>Each call goes wrong with a probability.</summary>
    /// <param name="fault">How.</param>
    /// <param name="probability">0 to 1.</param>
    /// <param name="seed">The same seed and order of calls give the same faults.</param>
    /// <param name="account">Only this account's calls; null for anybody's.</param>
    public void Chance(Fault fault, double probability, int seed = 1, string? account = null)
    {
        lock (_gate) _chances.Add((account, fault, probability, new Random(seed)));
    }

    /// <summary>Every call goes wrong until <see cref="Clear"/>.</summary>
    public void Always(Fault fault, string? account = null) => Chance(fault, 1, account: account);

    /// <summary>Nothing goes wrong any more.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _queued.Clear();
            _chances.Clear();
        }
    }

    internal Fault? Take(string account, string path)
    {
        lock (_gate)
        {
            var next = _queued.FindIndex(queued => queued.Account == account && Is(queued.Path));
            if (next < 0) next = _queued.FindIndex(queued => queued.Account is null && Is(queued.Path));
            if (next >= 0)
            {
                var fault = _queued[next].Fault;
                _queued.RemoveAt(next);
                return fault;
            }
            foreach (var (only, fault, probability, random) in _chances)
                if ((only is null || only == account) && random.NextDouble() < probability) return fault;
            return null;
        }

        bool Is(string? only) => only is null || path.EndsWith(only, StringComparison.Ordinal);
    }
}
