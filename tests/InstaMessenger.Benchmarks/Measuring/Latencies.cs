using System.Numerics;

namespace InstaMessenger.Benchmarks.Measuring;

/// <summary>How long things took: counts in 64 steps for each doubling of microseconds, so percentiles are right to 1.6 %.</summary>
internal sealed class Latencies
{
    private const int StepBits = 6;
    private readonly int[] _counts = new int[64 << StepBits];
    private int _count;
    private long _longest;

    public int Count => Volatile.Read(ref _count);

    /// <summary>The time over which they were counted.</summary>
    public TimeSpan Elapsed { get; set; }

    public double PerSecond => Count / Elapsed.TotalSeconds;

    public double P50 => Percentile(0.5);

    public double P99 => Percentile(0.99);

    /// <summary>In milliseconds.</summary>
    public double Longest => _longest / 1000.0;

    public void Record(TimeSpan taken)
    {
        var microseconds = Math.Max(0, (long)taken.TotalMicroseconds);
        Interlocked.Increment(ref _counts[StepOf(microseconds)]);
        Interlocked.Increment(ref _count);
        for (var seen = Volatile.Read(ref _longest); microseconds > seen; seen = Volatile.Read(ref _longest))
            Interlocked.CompareExchange(ref _longest, microseconds, seen);
    }

    public override string ToString() => $"p50 {P50:0.0} ms, p99 {P99:0.0} ms, max {Longest:0} ms";

    private static int StepOf(long microseconds)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)microseconds | 1) - StepBits);
        return (shift << StepBits) + (int)(microseconds >> shift);
    }

    /// <summary>The upper end of the step in which the percentile lies, in milliseconds.</summary>
    private double Percentile(double fraction)
    {
        var left = (long)Math.Ceiling(Count * fraction);
        for (var step = 0; step < _counts.Length; step++)
        {
            left -= _counts[step];
            if (left > 0) continue;
            var shift = Math.Max(0, (step >> StepBits) - 1);
            return (((long)step - (shift << StepBits) + 1) << shift) / 1000.0;
        }

        return Longest;
    }
}
