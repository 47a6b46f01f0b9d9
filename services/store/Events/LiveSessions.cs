using System.Diagnostics.Metrics;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Telemetry;

namespace InstaMessenger.Store.Events;

/// <summary>The streams of this process, by the account that they show, so that an event wakes nobody whom it does not concern.</summary>
internal sealed class LiveSessions
{
    private static readonly UpDownCounter<long> Open = Metrics.Meter.CreateUpDownCounter<long>(
        "store.streams.open", "{stream}", "Live streams of this process.");

    private readonly Lock _gate = new();
    private readonly HashSet<LiveSession> _all = [];
    private readonly HashSet<LiveSession> _ofEverybody = [];
    private readonly Dictionary<AccountId, HashSet<LiveSession>> _byAccount = [];
    private bool _ended;

    public bool IsEmpty => Count == 0;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _all.Count;
            }
        }
    }

    public void Add(LiveSession session)
    {
        lock (_gate)
        {
            if (_all.Add(session)) Open.Add(1);
            Enter(session);
            if (_ended) session.End();
        }
    }

    public void Remove(LiveSession session)
    {
        lock (_gate)
        {
            if (!_all.Remove(session)) return;
            Open.Add(-1);
            Leave(session);
        }
    }

    /// <summary>Changes what a session shows; no event falls between the old and the new.</summary>
    public void Change(LiveSession session, Action change)
    {
        lock (_gate)
        {
            if (_all.Contains(session)) Leave(session);
            change();
            if (_all.Contains(session)) Enter(session);
        }
    }

    /// <summary>Wakes the sessions that new events concern.</summary>
    /// <param name="events">In order; they are in the ring already.</param>
    public void Wake(IReadOnlyList<LiveEvent> events)
    {
        lock (_gate)
        {
            foreach (var session in _ofEverybody) session.Wake(events[0].Sequence);
            if (_byAccount.Count == 0) return;
            // The first event of each account is enough: a session that is awake reads on to the newest.
            foreach (var first in events.DistinctBy(next => next.Account))
            {
                if (!_byAccount.TryGetValue(first.Account, out var sessions)) continue;
                foreach (var session in sessions) session.Wake(first.Sequence);
            }
        }
    }

    /// <summary>Calls <paramref name="action"/> for each.</summary>
    public void ForEach(Action<LiveSession> action)
    {
        lock (_gate)
        {
            foreach (var session in _all) action(session);
        }
    }

    /// <summary>Ends all sessions, and those that still come.</summary>
    public void EndAll()
    {
        lock (_gate)
        {
            _ended = true;
            foreach (var session in _all) session.End();
        }
    }

    private void Enter(LiveSession session)
    {
        if (session.Filter.Accounts.IsAll)
        {
            _ofEverybody.Add(session);
            return;
        }

        foreach (var account in session.Filter.Accounts.Listed)
        {
            if (!_byAccount.TryGetValue(account, out var sessions)) _byAccount.Add(account, sessions = []);
            sessions.Add(session);
        }
    }

    private void Leave(LiveSession session)
    {
        _ofEverybody.Remove(session);
        foreach (var account in session.Filter.Accounts.Listed)
        {
            if (!_byAccount.TryGetValue(account, out var sessions)) continue;
            sessions.Remove(session);
            if (sessions.Count == 0) _byAccount.Remove(account);
        }
    }
}
