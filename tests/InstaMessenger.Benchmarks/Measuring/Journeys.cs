using System.Diagnostics;

namespace InstaMessenger.Benchmarks.Measuring;

/// <summary>When each numbered message set out, and how often it arrived. What set out and never arrived is lost.</summary>
/// <param name="capacity">One more than the highest number.</param>
/// <param name="atOnce">How many may be under way before <see cref="SetOutAsync"/> waits.</param>
internal sealed class Journeys(int capacity, int atOnce = int.MaxValue) : IDisposable
{
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(20);

    private readonly long[] _since = new long[capacity];
    private readonly int[] _arrivals = new int[capacity];
    private readonly SemaphoreSlim _free = new(atOnce);
    private int _setOut;
    private int _arrived;
    private int _repeated;

    /// <summary>Times of first arrivals. Set anew after the warm-up.</summary>
    public Latencies Latencies { get; set; } = new();

    /// <summary>Messages that arrived at least once.</summary>
    public int Arrived => Volatile.Read(ref _arrived);

    /// <summary>Further arrivals of what had arrived before.</summary>
    public int Repeated => Volatile.Read(ref _repeated);

    public int UnderWay => Volatile.Read(ref _setOut) - Arrived;

    public Task SetOutAsync(int number, long since)
    {
        var free = _free.WaitAsync();
        _since[number] = since;
        Interlocked.Increment(ref _setOut);
        if (free.IsCompleted) return free;
        return WaitAsync();

        async Task WaitAsync()
        {
            await free;
            // Counted from when it may go: waiting for its turn is the generator's time.
            _since[number] = Stopwatch.GetTimestamp();
        }
    }

    public void Arrive(int number)
    {
        if (number < 0 || number >= capacity) return;
        if (Interlocked.Increment(ref _arrivals[number]) > 1)
        {
            Interlocked.Increment(ref _repeated);
            return;
        }

        Latencies.Record(Stopwatch.GetElapsedTime(_since[number]));
        Interlocked.Increment(ref _arrived);
        _free.Release();
    }

    /// <summary>Waits until all have arrived, or none has for 20 s.</summary>
    /// <returns>How many are missing.</returns>
    public async Task<int> WaitForAllAsync()
    {
        var (before, since) = (Arrived, Stopwatch.GetTimestamp());
        while (UnderWay > 0 && Stopwatch.GetElapsedTime(since) < Standstill)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            if (Arrived != before) (before, since) = (Arrived, Stopwatch.GetTimestamp());
        }

        return UnderWay;
    }

    public void Dispose() => _free.Dispose();
}
