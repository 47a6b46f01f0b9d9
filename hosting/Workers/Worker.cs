namespace InstaMessenger.Hosting.Workers;

/// <summary>
/// A background loop of a service. It says its name, its interval and what one round does; everything else (waking, sleeping, back-off, the
/// lease, the end of the process, metrics and health) is the skeleton's. Register it with <see cref="WorkerSetup.AddWorker{T}"/>.
/// </summary>
/// <remarks>
/// Write it as if a second process ran the same worker: either its rounds may overlap (each row is claimed in its own transaction), or it
/// names a <see cref="Lease"/> and fences what it writes with it.
/// </remarks>
public abstract class Worker
{
    /// <summary>Its name in logs, metrics and health, like <c>idempotency-sweep</c>; unique in the process.</summary>
    public abstract string Name { get; }

    /// <summary>The longest sleep between two rounds. With a signal it only covers for a wake-up that was lost.</summary>
    public abstract TimeSpan Interval { get; }

    /// <summary>Wakes the worker before its interval is over; null when only time does.</summary>
    public virtual WakeSignal? Signal => null;

    /// <summary>Lets one process at a time run the rounds; null when several may.</summary>
    public virtual ILease? Lease => null;

    /// <summary>The longest wait after rounds that failed. It begins with 50 ms and doubles.</summary>
    public virtual TimeSpan LongestBackoff => TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether the log leaves out its failures, because they show elsewhere and nothing is lost by them. Metrics and health still count
    /// them.
    /// </summary>
    public virtual bool FailsQuietly => false;

    /// <summary>How long the round in hand may go on when the process stops, before its token is cancelled.</summary>
    public virtual TimeSpan Drain => TimeSpan.FromSeconds(5);

    /// <summary>Rows that always fail and could not even be set aside; readiness reports them.</summary>
    internal virtual int StuckRows => 0;

    /// <summary>
    /// Does what must be done before the first round, and before what is registered behind this worker begins. An error ends the start of
    /// the process.
    /// </summary>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>Completes when rounds may begin.</returns>
    public virtual Task BeginAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Does what there is to do. An exception is logged and the round tried again after a back-off, so what it did before must not harm
    /// when done twice.
    /// </summary>
    /// <param name="cancellationToken">Cancelled when the process stops and <see cref="Drain"/> is over.</param>
    /// <returns>When the next round begins.</returns>
    public abstract Task<NextRound> RoundAsync(CancellationToken cancellationToken);

    /// <summary>Ends what the rounds left running, once the last of them is over and while the bus and the database still work.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Completes once all has ended.</returns>
    public virtual Task EndAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
