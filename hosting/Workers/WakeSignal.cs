namespace InstaMessenger.Hosting.Workers;

/// <summary>Wakes a worker that sleeps until there is something to do. Waking it while it works makes it look once more.</summary>
public class WakeSignal
{
    private TaskCompletionSource _woken = New();

    /// <summary>Wakes the worker. Never waits, and may be called by anybody.</summary>
    public virtual void Wake() => Volatile.Read(ref _woken).TrySetResult();

    /// <summary>Sleeps until woken, or at most for <paramref name="atMost"/>: the fallback for a wake-up lost in a crash.</summary>
    /// <param name="atMost">The longest sleep.</param>
    /// <param name="clock">Measures it.</param>
    /// <param name="cancellationToken">Ends the sleep with an exception.</param>
    /// <returns>Completes when it is time to look.</returns>
    /// <remarks>
    /// An idle process does little else than this, some twenty times a second. So the timer wakes as anybody does: a delay that has to be
    /// cancelled each time took a quarter of what an idle process costs.
    /// </remarks>
    public async Task SleepAsync(TimeSpan atMost, TimeProvider clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(clock);
        cancellationToken.ThrowIfCancellationRequested();
        var woken = Volatile.Read(ref _woken);
        // Under load there is always more to do, and a timer for each round would cost more than many rounds do.
        if (!woken.Task.IsCompleted)
        {
            await using var timer = clock.CreateTimer(End, woken, atMost, Timeout.InfiniteTimeSpan);
            await using var cancelled = cancellationToken.UnsafeRegister(End, woken);
            await woken.Task;
        }

        // Whoever wakes it from here on is heard at the next sleep, whoever did before is heard now. Of two who sleep one puts the new one.
        Interlocked.CompareExchange(ref _woken, New(), woken);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static void End(object? woken) => ((TaskCompletionSource)woken!).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
