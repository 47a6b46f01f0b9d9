using System.Collections.Concurrent;
using System.Security.Cryptography;
using InstaMessenger.Hosting.Workers;
using MassTransit;

namespace InstaMessenger.Hosting.Bus;

/// <summary>
/// Carries wake-ups to the other processes of a kind over RabbitMQ: each has a queue of its own that goes with it, and nothing is kept or
/// confirmed. A commit in one store shows on the streams of all at once this way; a nudge that is lost costs the workers' poll of a second.
/// </summary>
internal sealed class Nudges : Worker
{
    /// <summary>
    /// Topics told meanwhile go together: a busy process tells its neighbours fifty times a second, not once for each commit.
    /// </summary>
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<string, bool> _told = new();
    private readonly Dictionary<string, SharedSignal> _signals;
    private readonly IBus _bus;
    private readonly string _me = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    public Nudges(IBus bus, IEnumerable<SharedSignal> signals)
    {
        _bus = bus;
        _signals = signals.ToDictionary(signal => signal.Topic);
        foreach (var signal in _signals.Values) signal.Tell = Tell;
    }

    public override string Name => "bus.nudges";

    /// <summary>Nothing is found by looking: who tells wakes.</summary>
    public override TimeSpan Interval => TimeSpan.FromMinutes(1);

    public override WakeSignal Signal { get; } = new();

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        // Taken before it is sent: what is told meanwhile goes with the next one, and what cannot be sent is found by the poll.
        var topics = _told.Keys.Where(topic => _told.TryRemove(topic, out _)).ToList();
        if (topics.Count > 0) await _bus.Publish(new Nudge(topics, _me), context => context.Durable = false, cancellationToken);
        return NextRound.WhenWoken.NotSoonerThan(Gap);
    }

    public void Hear(Nudge nudge)
    {
        if (nudge.From == _me) return;
        foreach (var topic in nudge.Topics)
            if (_signals.TryGetValue(topic, out var signal)) signal.Heard();
    }

    private void Tell(string topic)
    {
        if (_told.TryAdd(topic, true)) Signal.Wake();
    }
}

/// <summary>Hears the nudges of the other processes.</summary>
internal sealed class NudgeConsumer(Nudges nudges) : IConsumer<Nudge>
{
    public Task Consume(ConsumeContext<Nudge> context)
    {
        nudges.Hear(context.Message);
        return Task.CompletedTask;
    }
}
