using System.Threading.Channels;

namespace InstaMessenger.Hosting.Workers;

/// <summary>Wakes a worker that sleeps until there is something to do. Waking it while it works makes it look once more.</summary>
public class WakeSignal
{
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Wakes the worker. Never waits, and may be called by anybody.</summary>
    public virtual void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Sleeps until woken, or at most for <paramref name="atMost"/>: the fallback for a wake-up lost in a crash.</summary>
    /// <param name="atMost">The longest sleep.</param>
    /// <param name="clock">Measures it.</param>
    /// <param name="cancellationToken">Ends the sleep with an exception.</param>
    /// <returns>Completes when it is time to look.</returns>
    public async Task SleepAsync(TimeSpan atMost, TimeProvider clock, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // Under load there is always more to do, and a timer for each round would cost more than many rounds do.
        if (_wake.Reader.TryRead(out _)) return;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var woken = _wake.Reader.WaitToReadAsync(end.Token).AsTask();
        await Task.WhenAny(woken, Task.Delay(atMost, clock, end.Token));
        await end.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        _wake.Reader.TryRead(out _);
    }
}
