using System.Collections.Concurrent;

namespace InstaMessenger.Hosting.Bus;

/// <summary>
/// Remembers which bundles went back to wait for the database, and how often while it took other work. An item that kills its connection
/// (too large for a packet) looks like a database that is away; only that it happens again and again to the same bundle gives it away.
/// </summary>
internal sealed class BundleReturns
{
    private const int Patience = 5;

    private static readonly TimeSpan AtLeast = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, (int Times, DateTimeOffset First)> _returns = new(StringComparer.Ordinal);

    /// <summary>Counts a return. Returns true when one of the items must be at fault: after five returns over at least 15 s.</summary>
    public bool Count(string firstItem, DateTimeOffset now)
    {
        var (times, first) = _returns.AddOrUpdate(firstItem, (1, now), (_, before) => (before.Times + 1, before.First));
        return times >= Patience && now - first >= AtLeast;
    }

    /// <summary>Forgets a bundle: it is handled, or the database is away for others as well.</summary>
    public void Forget(string firstItem) => _returns.TryRemove(firstItem, out _);
}
