using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Bus;

/// <summary>
/// Handles dead letters again by itself: each once, a while later, and those that the database caused until they succeed, at longer and
/// longer intervals. Several processes may do so together: whoever moves the time of the next try has the letter.
/// </summary>
internal sealed partial class DeadLetterReplay<TContext>(
    IDbContextFactory<TContext> factory,
    IUnitOfWork<TContext> unitOfWork,
    SetAsideFiles<TContext> files,
    IEnumerable<BusSubscription> subscriptions,
    IServiceProvider services,
    TimeProvider clock,
    ILogger<DeadLetterReplay<TContext>> logger) : BackgroundService
    where TContext : ServiceDbContext
{
    private const int MostAtOnce = 50;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(1);

    private readonly Dictionary<string, BusSubscription> _subscriptions = subscriptions.ToDictionary(subscription => subscription.Queue);

    /// <summary>Tries what is due. Says how many letters are gone by that.</summary>
    public async Task<int> ReplayDueAsync(CancellationToken cancellationToken)
    {
        await TakeInFilesAsync(cancellationToken);
        var now = clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var due = await db.Set<DeadLetter>().Where(row => row.ReplayAt <= now).OrderBy(row => row.ReplayAt).Take(MostAtOnce)
            .Select(row => new { row.Id, row.Queue, row.Replays }).ToListAsync(cancellationToken);
        var replayed = 0;
        foreach (var letter in due)
        {
            if (!_subscriptions.TryGetValue(letter.Queue, out var subscription) || !await TakeAsync(letter.Id, letter.Replays, now, cancellationToken)) continue;
            if (await ReplayAsync(subscription, letter.Id, cancellationToken)) replayed++;
        }

        return replayed;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await ReplayDueAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, error, typeof(TContext).Name);
            }
        }
    }

    /// <summary>Another process that saw the same letter moves nothing, and a process that dies with it has only cost a delay.</summary>
    private Task<bool> TakeAsync(long id, int replays, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var next = now + Interval(replays + 1);
        return unitOfWork.ExecuteAsync(
            async scope => await scope.Db.Set<DeadLetter>().Where(row => row.Id == id && row.Replays == replays)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.Replays, replays + 1).SetProperty(row => row.ReplayAt, next)) == 1,
            cancellationToken);
    }

    private async Task<bool> ReplayAsync(BusSubscription subscription, long id, CancellationToken cancellationToken)
    {
        try
        {
            if (!await subscription.ReplayAsync(services, id, cancellationToken)) return false;
            LogReplayed(logger, subscription.Queue, id);
            return true;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailedAgain(logger, error, subscription.Queue, id);
            if (DatabaseErrors.IsUnavailable(error)) return false;

            // The item's own fault, twice: people must look at it.
            await unitOfWork.ExecuteAsync(
                scope => scope.Db.Set<DeadLetter>().Where(row => row.Id == id)
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.Cause, DeadLetterCause.Item).SetProperty(row => row.ReplayAt, (DateTimeOffset?)null)),
                cancellationToken);
            return false;
        }
    }

    /// <summary>What lay in files because the database refused it may be taken now, after a change of its settings.</summary>
    private async Task TakeInFilesAsync(CancellationToken cancellationToken)
    {
        foreach (var path in files.Paths)
        {
            try
            {
                var letter = await SetAsideFiles<TContext>.ReadAsync(path, cancellationToken);
                await unitOfWork.ExecuteAsync(scope => SetAside<TContext>.AddAsync(scope.Db, letter), cancellationToken);
                File.Delete(path);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                LogStillRefused(logger, error, Path.GetFileName(path));
            }
        }
    }

    private static TimeSpan Interval(int replays) =>
        replays >= 7 ? LongestInterval : ShortestInterval * Math.Pow(2, replays);

    [LoggerMessage(
        EventName = "dead_letter.replayed", Level = LogLevel.Information,
        Message = "{Queue}: dead letter {Id} was handled after all")]
    private static partial void LogReplayed(ILogger logger, string queue, long id);

    [LoggerMessage(EventName = "dead_letter.failed_again", Level = LogLevel.Warning, Message = "{Queue}: dead letter {Id} failed again")]
    private static partial void LogFailedAgain(ILogger logger, Exception error, string queue, long id);

    [LoggerMessage(
        EventName = "dead_letter.still_refused", Level = LogLevel.Warning,
        Message = "The database still does not take the dead letter in {File}")]
    private static partial void LogStillRefused(ILogger logger, Exception error, string file);

    [LoggerMessage(
        EventName = "dead_letter.replay_failed", Level = LogLevel.Warning,
        Message = "{Database}: dead letters could not be looked for; the next look is in ten seconds")]
    private static partial void LogFailed(ILogger logger, Exception error, string database);
}
