using System.Collections.Concurrent;
using System.Security.Cryptography;
using InstaMessenger.Hosting.Workers;
using MassTransit;

namespace InstaMessenger.Hosting.Bus;

/// <summary>
/// Carries wake-ups to the other processes of a kind over RabbitMQ. Each has its own queue, which goes with the process; nothing is kept or
/// confirmed. This way a commit in one store shows at once on the streams of all. A nudge that is lost costs the workers' poll of a second.
/// </summary>
internal sealed class Nudges : Worker
{
    /// <summary>
    /// Topics that are told within this time go together: a busy process tells its neighbours fifty times a second, not once for each
    /// commit.
    /// </summary>
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(20);

    /// <summary>What is more within the gap is not told: nobody reads as much, and notes may be lost.</summary>
    private const int MostNotes = 200;

    private readonly ConcurrentDictionary<string, bool> _told = new();
    private readonly ConcurrentQueue<NudgeNote> _notes = new();
    private readonly Dictionary<string, SharedBoard> _boards;
    private readonly Dictionary<string, SharedSignal> _signals;
    private readonly IBus _bus;
    private readonly string _me = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    public Nudges(IBus bus, IEnumerable<SharedSignal> signals, IEnumerable<SharedBoard> boards)
    {
        _bus = bus;
        _signals = signals.ToDictionary(signal => signal.Topic);
        foreach (var signal in _signals.Values) signal.Tell = Tell;
        _boards = boards.ToDictionary(board => board.Topic);
        foreach (var board in _boards.Values) board.TellOthers = Tell;
    }

    public override string Name => "bus.nudges";

    /// <summary>Long, because looking finds nothing: whoever has a topic to tell wakes the worker.</summary>
    public override TimeSpan Interval => TimeSpan.FromMinutes(1);

    public override WakeSignal Signal { get; } = new();

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        // Topics are taken before they are sent: one that is told meanwhile goes with the next nudge, and one that cannot be sent is found
        // by the poll.
        var topics = _told.Keys.Where(topic => _told.TryRemove(topic, out _)).ToList();
        var notes = new List<NudgeNote>();
        while (_notes.TryDequeue(out var note)) notes.Add(note);
        if (topics.Count + notes.Count > 0)
            await _bus.Publish(new Nudge(topics, _me, notes), context => context.Durable = false, cancellationToken);
        return NextRound.WhenWoken.NotSoonerThan(Gap);
    }

    public void Hear(Nudge nudge)
    {
        if (nudge.From == _me) return;
        foreach (var topic in nudge.Topics)
            if (_signals.TryGetValue(topic, out var signal)) signal.Heard();
        foreach (var note in nudge.Notes ?? [])
            if (_boards.TryGetValue(note.Board, out var board)) board.Heard(note.Text);
    }

    private void Tell(string board, string text)
    {
        if (_notes.Count >= MostNotes) return;
        _notes.Enqueue(new NudgeNote(board, text));
        Signal.Wake();
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
