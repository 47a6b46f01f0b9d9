using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.Store.Events;

/// <summary>Ticks for all streams of the process, and ends them when the process stops.</summary>
internal sealed class LivePulse : Worker
{
    private readonly LiveSessions _sessions;

    public LivePulse(LiveSessions sessions, IHostApplicationLifetime lifetime)
    {
        _sessions = sessions;
        // Registered so that it runs before the server waits for its requests to end, which these never would by themselves.
        lifetime.ApplicationStopping.Register(sessions.EndAll);
    }

    public override string Name => "store.live-pulse";

    public override TimeSpan Interval => TimeSpan.FromSeconds(1);

    public override Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        _sessions.ForEach(session => session.Tick());
        return Task.FromResult(NextRound.WhenWoken);
    }
}
