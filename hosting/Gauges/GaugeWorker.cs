using System.Collections.Concurrent;
using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.Hosting.Gauges;

/// <summary>
/// Reads the gauges of one database every ten seconds. Two processes on one database report the same figure, so the largest counts, not the
/// sum. A figure that could not be read for a minute is no longer reported: it would look like a good one.
/// </summary>
/// <param name="name">The worker's name, like <c>journal-gauges</c>.</param>
/// <param name="database">Whose rows they count, like <c>store</c>.</param>
/// <param name="clock">Tells how old a figure is.</param>
public abstract class GaugeWorker(string name, string database, TimeProvider clock) : Worker, IDisposable
{
    /// <summary>
    /// Counting ends here: a longer index is not walked every ten seconds, and nobody would act differently at twice as many.
    /// </summary>
    public const int MostRows = 100_000;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(1);
    private static readonly ConcurrentDictionary<GaugeWorker, bool> Running = new();
    private static readonly IReadOnlyDictionary<string, double> None = new Dictionary<string, double>();

    private readonly ConcurrentDictionary<Gauge, (IReadOnlyDictionary<string, double> Values, long ReadAt)> _figures = new();

    /// <summary>The database whose rows they count, like <c>store</c>.</summary>
    public string Database => database;

    /// <inheritdoc/>
    public sealed override string Name => name;

    /// <inheritdoc/>
    public sealed override TimeSpan Interval => Every;

    /// <summary>A figure that cannot be read is no longer reported, and the database that is away has a line of its own.</summary>
    public sealed override bool FailsQuietly => true;

    internal static IEnumerable<GaugeWorker> OfThisProcess => Running.Keys;

    /// <inheritdoc/>
    public sealed override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        Running.TryAdd(this, true);
        await ReadAsync(cancellationToken);
        return NextRound.WhenWoken;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Running.TryRemove(this, out _);
        GC.SuppressFinalize(this);
    }

    /// <summary>The newest figure of a gauge.</summary>
    /// <returns>Null when there is none of the last minute.</returns>
    public double? Read(Gauge gauge) => ReadAll(gauge).TryGetValue("", out var value) ? value : null;

    /// <summary>The newest figures of a gauge, by what they are of: its label's value, or nothing.</summary>
    /// <returns>Empty when there are none of the last minute.</returns>
    public IReadOnlyDictionary<string, double> ReadAll(Gauge gauge) =>
        _figures.TryGetValue(gauge, out var figure) && clock.GetElapsedTime(figure.ReadAt) <= GoodFor ? figure.Values : None;

    /// <summary>Reads the figures, each by a bounded query on an index.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Completes once all are set.</returns>
    protected abstract Task ReadAsync(CancellationToken cancellationToken);

    /// <summary>Reports a figure.</summary>
    /// <param name="value">Its value, in the gauge's unit.</param>
    protected void Set(Gauge gauge, double value) =>
        Set(gauge, new Dictionary<string, double> { [""] = value });

    /// <summary>Reports the figures of a gauge that has a label: a few, because each is a series of its own.</summary>
    /// <param name="values">By the label's value, in the gauge's unit.</param>
    protected void Set(Gauge gauge, IReadOnlyDictionary<string, double> values) => _figures[gauge] = (values, clock.GetTimestamp());

    /// <summary>Reports an age in seconds.</summary>
    /// <param name="since">When the wait began; null when nothing waits, which is 0.</param>
    protected void SetAge(Gauge gauge, DateTimeOffset? since) =>
        Set(gauge, since is { } from ? Math.Max(0, (clock.GetUtcNow() - from).TotalSeconds) : 0);
}
