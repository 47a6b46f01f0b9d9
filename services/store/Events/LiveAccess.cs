using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Access;

namespace InstaMessenger.Store.Events;

/// <summary>
/// Makes every stream of every store ask again at once whether its credential still holds. Without this a revoked credential would be shown
/// events until the stream's next heartbeat.
/// </summary>
internal sealed class LiveAccess(LiveSessions sessions, AccessChanges changes) : Worker
{
    public override string Name => "store.live-access";

    /// <summary>Long, because the heartbeats of the streams find what a lost wake-up left.</summary>
    public override TimeSpan Interval => TimeSpan.FromMinutes(1);

    public override WakeSignal Signal => changes;

    public override Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        sessions.ForEach(session => session.RequestBeat());
        return Task.FromResult(NextRound.WhenWoken);
    }
}
