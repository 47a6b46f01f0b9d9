using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
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
    ILogger<Dispatcher> logger) : Worker, IDisposable
{
    /// <summary>How soon to look again when all that is due waits for its account's pace.</summary>
    private static readonly TimeSpan PaceEvery = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<(long Sequence, int Attempt), Task> _calls = [];
    private readonly CancellationTokenSource _stopped = new();
    private readonly Lock _lock = new();

    /// <summary>Whether a round failed: its claims may have held although the answer to their commit was lost.</summary>
    private bool _unsure;

    public override string Name => "sender.dispatcher";

    /// <summary>How soon to find what becomes due by time.</summary>
    public override TimeSpan Interval => TimeSpan.FromSeconds(1);

    public override WakeSignal Signal => signal;

    public override TimeSpan LongestBackoff => TimeSpan.FromSeconds(1);

    public override Task BeginAsync(CancellationToken cancellationToken) =>
        file.Path is null ? Task.CompletedTask : claims.ForgetOwnersAsync(cancellationToken);

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        if (_unsure) await claims.ReleaseAsync(slots.Sequences(), cancellationToken);
        _unsure = true;
        var (claimed, paced) = await claims.ClaimAsync(slots.Begin(), cancellationToken);
        _unsure = false;
        foreach (var send in claimed) Start(send);
        return paced ? NextRound.Within(PaceEvery) : NextRound.WhenWoken;
    }

    /// <summary>Claims nothing more, and lets the calls under way end: each that does not is an unknown at the next start.</summary>
    public override async Task EndAsync(CancellationToken cancellationToken)
    {
        Task calls;
        lock (_lock)
        {
            calls = Task.WhenAll(_calls.Values);
        }

        await calls.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stopped.EndAsync();
        // Helpful, not needed: without it the next process waits some seconds.
        await claims.DisownAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopped.Dispose();

    private void Start(ClaimedSend send)
    {
        lock (_lock)
        {
            slots.Begin(send);
            _calls[(send.Sequence, send.Attempt)] = Task.Run(() => CallAsync(send), CancellationToken.None);
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
            _calls.Remove((send.Sequence, send.Attempt));
            slots.End(send);
        }

        signal.Wake();
    }
}
