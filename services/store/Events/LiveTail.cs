using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Access;

namespace InstaMessenger.Store.Events;

/// <summary>
/// Reads the log's end once for all streams of the process, and ticks for all of them. Woken by commits here; other replicas' events come with the
/// next look. Without a stream it reads nothing.
/// </summary>
internal sealed partial class LiveTail(
    EventPages pages, EventFeedSignal signal, LiveRing ring, LiveSessions sessions, AccessChanges access, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<LiveTail> logger) : BackgroundService
{
    private const int RowsPerRound = 500;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(1);

    /// <summary>Begins to show events to a session, and has the tail look at once.</summary>
    public void Attach(LiveSession session)
    {
        sessions.Add(session);
        signal.Wake();
    }

    public void Detach(LiveSession session) => sessions.Remove(session);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        // Before the server waits for its requests to end, which these never would by themselves.
        using var stopping = lifetime.ApplicationStopping.Register(sessions.EndAll);
        await using var ticks = clock.CreateTimer(_ => sessions.ForEach(session => session.Tick()), null, TickEvery, TickEvery);
        var watching = WatchAccessAsync(stoppingToken);
        await FollowAsync(stoppingToken);
        await watching;
    }

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        var idle = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (sessions.IsEmpty)
                {
                    idle = true;
                    await signal.SleepAsync(LookEvery, clock, stoppingToken);
                    continue;
                }

                if (idle) await ResumeAsync(stoppingToken);
                idle = false;
                if (!await ReadAsync(stoppingToken)) await signal.SleepAsync(LookEvery, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogFailed(logger, error);
                await Task.Delay(LookEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Has every stream ask again at once whether its credential still holds; without this a revoked one would be shown events until its next heartbeat.</summary>
    private async Task WatchAccessAsync(CancellationToken stoppingToken)
    {
        var seen = access.Version;
        while (!stoppingToken.IsCancellationRequested)
        {
            await access.WaitAsync(seen, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            seen = access.Version;
            sessions.ForEach(session => session.RequestBeat());
        }
    }

    /// <summary>Begins at the log's end of now; what the first sessions miss before it they read from the database.</summary>
    private async Task ResumeAsync(CancellationToken cancellationToken)
    {
        ring.Restart(await pages.HeadAsync(cancellationToken));
        sessions.ForEach(session => session.Wake(1));
    }

    /// <summary>Takes one round of new events; says whether there may be more.</summary>
    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        var rows = await pages.ReadAsync(AccountReach.All, ring.Head, long.MaxValue, RowsPerRound, cancellationToken);
        if (rows.Count == 0) return false;
        var events = rows.Select(LiveEvent.Of).ToList();
        foreach (var next in events) ring.Add(next);
        sessions.Wake(events);
        return rows.Count == RowsPerRound;
    }

    [LoggerMessage(EventName = "events.tail_failed", Level = LogLevel.Warning, Message = "The end of the event log cannot be read; streams wait, and nothing is lost")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
