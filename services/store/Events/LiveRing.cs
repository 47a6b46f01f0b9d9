using System.Diagnostics.CodeAnalysis;
using System.Text;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Events;

/// <summary>An event as the stream writes it, made once for all clients.</summary>
internal sealed class LiveEvent(
    long sequence, AccountId account, string type, byte[] frame, EventId? id = null, IReadOnlyCollection<EventId>? empties = null)
{
    public long Sequence => sequence;

    public AccountId Account => account;

    public string Type => type;

    public EventId? Id => id;

    /// <summary>Earlier events that showed what it says was taken back.</summary>
    public IReadOnlyCollection<EventId> Empties => empties ?? [];

    /// <summary>The whole server-sent event. The body is JSON on one line, since JSON escapes line breaks.</summary>
    public byte[] Frame => frame;

    public static LiveEvent Of(EventRow row, IEnumerable<EventId> empties) =>
        new(
            row.Sequence,
            row.AccountId,
            row.Type,
            [.. Encoding.UTF8.GetBytes($"id: {row.Sequence}\nevent: {row.Type}\ndata: "), .. row.Shown(), .. "\n\n"u8],
            row.Id,
            [.. empties]);
}

/// <summary>
/// The last events of the log, for all streams of the process. The sequence has no gaps, so an event's place is its sequence modulo the
/// size. It has one writer and any number of readers, without a lock: a reader that is overtaken finds a newer event in the place, or none,
/// and turns to the database.
/// </summary>
/// <param name="size">How many events at most.</param>
/// <param name="mostBytes">How many bytes at most: an event may hold a webhook's raw JSON, of megabytes.</param>
internal sealed class LiveRing(int size = 4096, int mostBytes = 16 * 1024 * 1024)
{
    private readonly LiveEvent?[] _places = new LiveEvent?[size];
    private long _head;
    private long _first = 1;
    private long _bytes;

    /// <summary>The last sequence that is in here.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>Forgets everything; what comes next follows <paramref name="head"/>.</summary>
    public void Restart(long head)
    {
        Array.Clear(_places);
        (_first, _bytes) = (head + 1, 0);
        Volatile.Write(ref _head, head);
    }

    /// <summary>Takes the next event. If the log has a gap (rows removed by hand), what was before the gap is forgotten.</summary>
    public void Add(LiveEvent next)
    {
        if (next.Sequence != _head + 1) Restart(next.Sequence - 1);
        if (next.Empties.Count > 0) Empty(next.Empties);
        // Events in here may say what is being erased; readers find in the database what is left of them.
        if (next.Type is EventTypes.ContactErased or EventTypes.AccountDisconnected) Restart(next.Sequence - 1);
        if (next.Sequence - _first == size) Forget();
        _bytes += next.Frame.Length;
        Volatile.Write(ref _places[next.Sequence % size], next);
        while (_bytes > mostBytes) Forget();
        Volatile.Write(ref _head, next.Sequence);
    }

    public bool TryGet(long sequence, [NotNullWhen(true)] out LiveEvent? found)
    {
        found = Volatile.Read(ref _places[sequence % size]);
        if (found?.Sequence == sequence) return true;
        found = null;
        return false;
    }

    /// <summary>Forgets events that still hold what was taken back. Readers find them in the database, where they do not.</summary>
    private void Empty(IReadOnlyCollection<EventId> events)
    {
        for (var sequence = _first; sequence <= _head; sequence++)
        {
            ref var place = ref _places[sequence % size];
            if (place?.Id is not { } id || !events.Contains(id)) continue;
            _bytes -= place.Frame.Length;
            Volatile.Write(ref place, null);
        }
    }

    private void Forget()
    {
        ref var place = ref _places[_first % size];
        _bytes -= place?.Frame.Length ?? 0;
        Volatile.Write(ref place, null);
        _first++;
    }
}
