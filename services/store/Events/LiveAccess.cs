using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Access;

namespace InstaMessenger.Store.Events;

/// <summary>
/// Has every stream ask again at once whether its credential still holds, in every store; without this a revoked one would be shown events
/// until its next heartbeat.
/// </summary>
internal sealed class LiveAccess(LiveSessions sessions, AccessChanges changes) : Worker
{
    public override string Name => "store.live-access";

    /// <summary>The heartbeats of the streams find what a lost wake-up left.</summary>
    public override TimeSpan Interval => TimeSpan.FromMinutes(1);

    public override WakeSignal Signal => changes;

    public override Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        sessions.ForEach(session => session.RequestBeat());
        return Task.FromResult(NextRound.WhenWoken);
    }
}
