namespace InstaMessenger.Store.Access;

/// <summary>
/// Counts per key in windows of a fixed length that begin with the first count. Holds at most <see cref="MostKeys"/> keys, whatever an
/// attacker invents: the windows that end first are forgotten. Not safe for several threads.
/// </summary>
internal sealed class BoundedWindows(TimeSpan length)
{
    public const int MostKeys = 20_000;

    private readonly Dictionary<string, (DateTimeOffset End, int Count)> _windows = [];

    /// <summary>How many were counted in the key's window, and when that ends.</summary>
    public (int Count, DateTimeOffset End) Of(string key, DateTimeOffset now) =>
        _windows.TryGetValue(key, out var window) && window.End > now ? (window.Count, window.End) : (0, now + length);

    public void Add(string key, int count, DateTimeOffset now)
    {
        if (_windows.Count >= MostKeys) MakeRoom(now);
        var (before, end) = Of(key, now);
        _windows[key] = (end, Math.Max(0, before + count));
    }

    public void Forget(string key) => _windows.Remove(key);

    private void MakeRoom(DateTimeOffset now)
    {
        var ended = _windows.Where(window => window.Value.End <= now).Select(window => window.Key).ToList();
        // A quarter at once, so that the sorting is paid once in 5,000 new keys.
        var leaving = ended.Count > 0 ? ended : _windows.OrderBy(window => window.Value.End).Take(MostKeys / 4).Select(window => window.Key).ToList();
        foreach (var key in leaving) _windows.Remove(key);
    }
}
