namespace InstaMessenger.Hosting.Workers;

/// <summary>How a worker fares. Written by its loop, read by metrics and health.</summary>
/// <param name="name">The worker's name.</param>
/// <param name="interval">The longest sleep between two rounds.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class WorkerStatus(string name, TimeSpan interval, TimeProvider clock)
{
    private readonly long _began = clock.GetTimestamp();
    private long _lastRun;
    private int _failures;
    private int _stuckRows;

    public string Name => name;

    public TimeSpan Interval => interval;

    /// <summary>Rounds that failed one after the other; 0 after one that went well.</summary>
    public int Failures => Volatile.Read(ref _failures);

    /// <summary>Rows that always fail and could not even be set aside.</summary>
    public int StuckRows => Volatile.Read(ref _stuckRows);

    /// <summary>
    /// How long ago a round went well, or this process saw that another runs the rounds; before the first, how long ago the process began.
    /// </summary>
    public TimeSpan Lag => clock.GetElapsedTime(Volatile.Read(ref _lastRun) is var last && last == 0 ? _began : last);

    public void Succeeded()
    {
        Volatile.Write(ref _lastRun, clock.GetTimestamp());
        Volatile.Write(ref _failures, 0);
    }

    public int Failed() => Interlocked.Increment(ref _failures);

    public void Stuck(int rows) => Volatile.Write(ref _stuckRows, rows);
}
