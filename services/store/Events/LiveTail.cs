using InstaMessenger.Hosting.Security;
using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.Store.Events;

/// <summary>
/// Reads the log's end once for all streams of the process. Woken by commits, here and in the other stores. Without a stream it reads
/// nothing.
/// </summary>
internal sealed class LiveTail(EventPages pages, EventFeedSignal signal, LiveRing ring, LiveSessions sessions) : Worker
{
    private const int RowsPerRound = 500;
    private bool _idle = true;

    public override string Name => "store.live-tail";

    /// <summary>Only covers for a wake-up that was lost on the way from another store.</summary>
    public override TimeSpan Interval => TimeSpan.FromSeconds(1);

    public override WakeSignal Signal => signal;

    public override TimeSpan LongestBackoff => TimeSpan.FromSeconds(1);

    /// <summary>Begins to show events to a session, and has the tail look at once.</summary>
    public void Attach(LiveSession session)
    {
        sessions.Add(session);
        signal.WakeHere();
    }

    public void Detach(LiveSession session) => sessions.Remove(session);

    /// <summary>
    /// Takes one round of new events. After a time without streams, the first round begins at the present end of the log.
    /// </summary>
    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        if (sessions.IsEmpty)
        {
            _idle = true;
            return NextRound.WhenWoken;
        }

        if (_idle) await ResumeAsync(cancellationToken);
        _idle = false;
        var rows = await pages.ReadAsync(AccountReach.All, ring.Head, long.MaxValue, RowsPerRound, cancellationToken);
        if (rows.Count == 0) return NextRound.WhenWoken;
        var emptied = await pages.EmptiedByAsync(rows, cancellationToken);
        var events = rows.Select(row => LiveEvent.Of(row, emptied[row.Sequence])).ToList();
        foreach (var next in events) ring.Add(next);
        sessions.Wake(events);
        return rows.Count == RowsPerRound ? NextRound.Now : NextRound.WhenWoken;
    }

    /// <summary>Restarts the ring at the present end of the log. The first sessions read what is before it from the database.</summary>
    private async Task ResumeAsync(CancellationToken cancellationToken)
    {
        ring.Restart(await pages.HeadAsync(cancellationToken));
        sessions.ForEach(session => session.Wake(1));
    }
}
