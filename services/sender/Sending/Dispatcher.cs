using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// Claims what is due as long as there is room, and lets the calls run beside each other. Claims only what can be called at once: a
/// claimed send that had to queue would be an unknown if the process died meanwhile.
/// </summary>
internal sealed class Dispatcher(
    Claims claims,
    CallSlots slots,
    SendAttempt attempt,
    SendSignal signal,
    DatabaseFile<SenderDbContext> file,
    TimeProvider clock,
    ILogger<Dispatcher> logger) : BackgroundService
{
    /// <summary>For what becomes due by time, and for a wake-up that was lost.</summary>
    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(1);

    /// <summary>When all that is due waits for its account's pace.</summary>
    private static readonly TimeSpan PaceEvery = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<long, Task> _calls = [];
    private readonly CancellationTokenSource _stopped = new();
    private readonly Lock _lock = new();

    /// <summary>Whether a round failed: its claims may have held although the answer to their commit was lost.</summary>
    private bool _unsure;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var pause = await RoundAsync(stoppingToken);
                await signal.SleepAsync(pause, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                _unsure = true;
                logger.RoundFailed(error, nameof(Dispatcher));
                await Task.Delay(PollEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (file.Path is not null) await claims.ForgetOwnersAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Claims nothing more, and lets the calls under way end: each that does not is an unknown at the next start.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Task calls;
        lock (_lock)
        {
            calls = Task.WhenAll(_calls.Values);
        }

        await calls.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stopped.CancelAsync();
        // Best done, not needed: without it the next process waits some seconds.
        await claims.DisownAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public override void Dispose()
    {
        _stopped.Dispose();
        base.Dispose();
    }

    /// <summary>Says how long to sleep before the next round.</summary>
    private async Task<TimeSpan> RoundAsync(CancellationToken cancellationToken)
    {
        if (_unsure) await claims.ReleaseAsync(slots.Sequences(), cancellationToken);
        _unsure = false;
        var (claimed, paced) = await claims.ClaimAsync(slots.Begin(), cancellationToken);
        foreach (var send in claimed) Start(send);
        return paced ? PaceEvery : PollEvery;
    }

    private void Start(ClaimedSend send)
    {
        lock (_lock)
        {
            slots.Begin(send);
            _calls[send.Sequence] = Task.Run(() => CallAsync(send), CancellationToken.None);
        }
    }

    private async Task CallAsync(ClaimedSend send)
    {
        try
        {
            await attempt.RunAsync(send, _stopped.Token);
        }
        catch (Exception error)
        {
            logger.AttemptFailed(error, send.MessageId, send.Attempt);
        }
        finally
        {
            End(send);
        }
    }

    private void End(ClaimedSend send)
    {
        lock (_lock)
        {
            _calls.Remove(send.Sequence);
            slots.End(send);
        }

        signal.Wake();
    }
}
