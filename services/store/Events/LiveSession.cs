using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.Store.Events;

/// <summary>What a stream shows.</summary>
/// <param name="Accounts">The accounts whose events it shows.</param>
/// <param name="Types">The event types that it shows; null for all.</param>
/// <param name="Viewer">Who looks at it, when it is a person: they see who else is in a conversation. Null for a program.</param>
internal sealed record LiveFilter(AccountReach Accounts, IReadOnlySet<string>? Types, string? Viewer = null)
{
    /// <summary>Whether it shows who is in a conversation; nobody is shown themselves.</summary>
    public bool ShowsPresenceTo(PresenceFrame frame) =>
        Viewer is not null && Viewer != frame.User.Id && Shows(frame.AccountId, PresenceFrame.EventType);

    public bool Shows(AccountId account, string type) => Accounts.Contains(account) && (Types is null || Types.Contains(type));
}

/// <summary>
/// One client's stream: a cursor, a wake-up and nothing else, since ten thousand of them must fit. It has no timer of its own;
/// <see cref="LivePulse"/> ticks for all.
/// </summary>
/// <param name="output">Where to write.</param>
/// <param name="cursor">The last sequence that the client has.</param>
/// <param name="filter">What it may and wants to see.</param>
/// <param name="reload">Asks again what the client may see; null when its credential is gone.</param>
/// <param name="clock">Measures heartbeats and slow writes.</param>
internal sealed class LiveSession(
    PipeWriter output,
    long cursor,
    LiveFilter filter,
    Func<CancellationToken,
    ValueTask<LiveFilter?>> reload,
    TimeProvider clock) : IDisposable
{
    private const int FlushBytes = 32 * 1024;
    private const int PageRows = 100;

    /// <summary>Of a client that does not read, more are forgotten.</summary>
    private const int MostWhispers = 100;

    private static readonly byte[] Heartbeat = ": heartbeat\n\n"u8.ToArray();

    /// <summary>Below 15 s by the tick, so that a client that counts to 15 hears from us in time.</summary>
    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(14);

    private static readonly TimeSpan LongestWrite = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _end = new();
    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _cursor = cursor;
    private long _lastBeat = clock.GetTimestamp();
    private long _newsFrom = 1;
    private long _writingSince;
    private ConcurrentQueue<byte[]>? _whispers;
    private int _beat;
    private int _unflushed;

    /// <summary>What it shows now.</summary>
    public LiveFilter Filter { get; private set; } = filter;

    /// <summary>Whether it was closed because its client does not read.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Whether its client has yet to take what was written.</summary>
    public bool IsWriting => Volatile.Read(ref _writingSince) != 0;

    /// <summary>
    /// Tells of an event that the stream may show. No earlier event concerns this client, so its cursor can skip to the first one.
    /// </summary>
    public void Wake(long sequence)
    {
        Interlocked.CompareExchange(ref _newsFrom, sequence, 0);
        Signal();
    }

    /// <summary>Shows a frame that is no event, once, to who listens now. It may come before events that were there first.</summary>
    public void Whisper(byte[] frame)
    {
        var whispers = _whispers ?? Interlocked.CompareExchange(ref _whispers, new ConcurrentQueue<byte[]>(), null) ?? _whispers;
        if (whispers.Count >= MostWhispers) return;
        whispers.Enqueue(frame);
        Signal();
    }

    /// <summary>Called each second: cuts a client that does not read, and asks for a heartbeat when one is due.</summary>
    public void Tick()
    {
        if (Volatile.Read(ref _writingSince) is not 0 and var since)
        {
            if (clock.GetElapsedTime(since) < LongestWrite) return;
            IsCut = true;
            End();
        }
        else if (clock.GetElapsedTime(Volatile.Read(ref _lastBeat)) >= HeartbeatEvery)
        {
            RequestBeat();
        }
    }

    /// <summary>Asks for a heartbeat now, and with it whether the credential still holds.</summary>
    public void RequestBeat()
    {
        Interlocked.Exchange(ref _beat, 1);
        Signal();
    }

    /// <summary>Ends the stream.</summary>
    public void End()
    {
        // Not Cancel, which would run the stream's end here and now, inside the lock of whoever ends it.
        _ = _end.EndAsync();
        Signal();
    }

    /// <summary>Writes until the client goes, the credential ends or the process stops.</summary>
    /// <param name="sessions">Knows which session to wake for which account; this one is in it already.</param>
    /// <param name="ring">The newest events.</param>
    /// <param name="pages">The older ones.</param>
    public async Task RunAsync(LiveSessions sessions, LiveRing ring, EventPages pages)
    {
        try
        {
            if (!await WriteAsync(Connected())) return;
            while (!_end.IsCancellationRequested)
            {
                if (Interlocked.Exchange(ref _newsFrom, 0) is not 0 and var from && !await WriteNewsAsync(from, ring, pages)) return;
                while (_whispers is { } whispers && whispers.TryDequeue(out var frame))
                {
                    if (!await WriteAsync(frame)) return;
                }

                if (Interlocked.Exchange(ref _beat, 0) == 1 && !await BeatAsync(sessions)) return;
                await _wake.Task;
                // Replaced before the flags are read: whoever sets a flag after that finds the new wake-up.
                Interlocked.Exchange(ref _wake, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }
        }
        catch (Exception error) when (error is OperationCanceledException || DatabaseErrors.IsUnavailable(error))
        {
            // The client is gone; it comes back with the last id that it has seen.
        }
    }

    public void Dispose() => _end.Dispose();

    /// <summary>
    /// Says where the stream stands before anything happens: an id without data moves the client's Last-Event-ID and is no event. A
    /// connection that breaks before the first event then resumes here, and not wherever the log ends by then.
    /// </summary>
    private byte[] Connected() => Encoding.UTF8.GetBytes($"id: {_cursor}\n: connected\n\n");

    private void Signal() => Volatile.Read(ref _wake).TrySetResult();

    private async Task<bool> WriteNewsAsync(long from, LiveRing ring, EventPages pages)
    {
        _cursor = Math.Max(_cursor, from - 1);
        var head = ring.Head;
        while (_cursor < head)
        {
            if (ring.TryGet(_cursor + 1, out var next)) Show(next);
            else if (!await CatchUpAsync(head, pages)) return false;
            if (_unflushed > FlushBytes && !await FlushAsync()) return false;
        }

        return _unflushed == 0 || await FlushAsync();
    }

    /// <summary>
    /// Reads a page of events that the ring holds no more. Returns false when some of them are not kept any more: the client comes back and
    /// is told so.
    /// </summary>
    private async Task<bool> CatchUpAsync(long head, EventPages pages)
    {
        var rows = await pages.ReadAsync(Filter.Accounts, _cursor, head, PageRows, _end.Token);
        if (_cursor < await pages.ExpiredAsync(_end.Token)) return false;
        foreach (var row in rows) Show(LiveEvent.Of(row, empties: []));
        if (rows.Count < PageRows) _cursor = head;
        return true;
    }

    private void Show(LiveEvent next)
    {
        if (Filter.Shows(next.Account, next.Type)) Write(next.Frame);
        _cursor = next.Sequence;
    }

    private async Task<bool> BeatAsync(LiveSessions sessions)
    {
        Volatile.Write(ref _lastBeat, clock.GetTimestamp());
        if (await AskAgainAsync() is not { } now) return false;
        sessions.Change(this, () => Filter = now);
        return await WriteAsync(Heartbeat);
    }

    private async Task<LiveFilter?> AskAgainAsync()
    {
        try
        {
            return await reload(_end.Token);
        }
        catch (Exception error) when (DatabaseErrors.IsUnavailable(error))
        {
            // Nothing can be revoked while the database takes no write, and nothing new is shown either.
            return Filter;
        }
    }

    private void Write(byte[] bytes)
    {
        output.Write(bytes);
        _unflushed += bytes.Length;
    }

    private ValueTask<bool> WriteAsync(byte[] bytes)
    {
        Write(bytes);
        return FlushAsync();
    }

    /// <summary>Waits until the client has taken what was written; returns false when the client is gone.</summary>
    private async ValueTask<bool> FlushAsync()
    {
        Volatile.Write(ref _writingSince, clock.GetTimestamp());
        var result = await output.FlushAsync(_end.Token);
        Volatile.Write(ref _writingSince, 0);
        _unflushed = 0;
        return result is { IsCanceled: false, IsCompleted: false };
    }
}
