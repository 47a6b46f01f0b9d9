namespace InstaMessenger.Simulator.Records;

/// <summary>What happened, in order. Keeps the newest entries up to a limit and counts all of them.</summary>
/// <param name="limit">How many entries are kept; older ones fall out.</param>
public sealed class RecordLog<T>(int limit) where T : class
{
    private readonly Lock _gate = new();
    private readonly Queue<T> _kept = new();
    private readonly List<Waiter> _waiters = [];
    private long _total;

    /// <summary>How many entries were added since the start or the last reset, kept or not.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>A snapshot of the kept entries, oldest first.</summary>
    public IReadOnlyList<T> All
    {
        get
        {
            lock (_gate) return [.. _kept];
        }
    }

    /// <summary>Returns the first <paramref name="count"/> matching entries, those already there included.</summary>
    /// <param name="match">Runs under the log's lock: keep it cheap.</param>
    /// <param name="count">At least 1.</param>
    /// <param name="timeout">Real time, whatever clock the simulator runs on; default 60 s, because busy machines are slow.</param>
    /// <param name="cancellation">Gives up early.</param>
    /// <exception cref="TimeoutException">Says how many were seen.</exception>
    public async Task<IReadOnlyList<T>> WaitForAsync(
        Func<T, bool> match, int count = 1, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var waiter = new Waiter(match, count);
        lock (_gate)
        {
            foreach (var entry in _kept) waiter.Offer(entry);
            if (!waiter.Done.Task.IsCompleted) _waiters.Add(waiter);
        }
        try
        {
            return await waiter.Done.Task.WaitAsync(timeout ?? TimeSpan.FromSeconds(60), cancellation);
        }
        catch (TimeoutException timedOut)
        {
            throw new TimeoutException($"Saw {waiter.Found.Count} of {count} expected {typeof(T).Name} ({Total} in all).", timedOut);
        }
        finally
        {
            lock (_gate) _waiters.Remove(waiter);
        }
    }

    internal void Add(T entry)
    {
        lock (_gate)
        {
            _total++;
            _kept.Enqueue(entry);
            if (_kept.Count > limit) _kept.Dequeue();
            for (var i = _waiters.Count - 1; i >= 0; i--)
                if (_waiters[i].Offer(entry)) _waiters.RemoveAt(i);
        }
    }

    internal void Clear()
    {
        lock (_gate)
        {
            _kept.Clear();
            _total = 0;
        }
    }

    private sealed class Waiter(Func<T, bool> match, int count)
    {
        public List<T> Found { get; } = [];

        // Continuations must not run inside Add, which holds the lock.
        public TaskCompletionSource<IReadOnlyList<T>> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Offer(T entry)
        {
            if (Found.Count < count && match(entry)) Found.Add(entry);
            return Found.Count == count && (Done.TrySetResult(Found) || true);
        }
    }
}
