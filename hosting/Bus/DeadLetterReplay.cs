using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Bus;

/// <summary>
/// Replays dead letters by itself: each once, a while later; those that the database caused until they succeed, at longer and longer
/// intervals. Several processes may do so together: the one that moves the time of the next try has the letter.
/// </summary>
internal sealed partial class DeadLetterReplay<TContext>(
    IDbContextFactory<TContext> factory,
    IUnitOfWork<TContext> unitOfWork,
    IEnumerable<BusSubscription> subscriptions,
    IServiceProvider services,
    TimeProvider clock,
    ILogger<DeadLetterReplay<TContext>> logger) : RowWorker<long>(clock, logger)
    where TContext : ServiceDbContext
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(1);

    private readonly Dictionary<string, BusSubscription> _subscriptions = subscriptions.ToDictionary(subscription => subscription.Queue);
    private readonly TimeProvider _clock = clock;
    private readonly ILogger _logger = logger;

    public override string Name { get; } = DatabaseSetup.WorkerName<TContext>("dead-letter-replay");

    public override TimeSpan Interval => TimeSpan.FromSeconds(10);

    /// <summary>Letters that this process has handled after all.</summary>
    internal int Replayed { get; private set; }

    protected override async Task<IReadOnlyList<long>> FindAsync(
        IReadOnlyCollection<long> except, int limit, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        // A letter of a queue that nobody handles any more waits for an operator.
        var queues = _subscriptions.Keys.ToList();
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        return await db.Set<DeadLetter>().Where(row => row.ReplayAt <= now && queues.Contains(row.Queue) && !except.Contains(row.Id))
            .OrderBy(row => row.ReplayAt).ThenBy(row => row.Id).Take(limit).Select(row => row.Id).ToListAsync(cancellationToken);
    }

    /// <summary>
    /// Replays each letter in its own transaction, because each belongs to some queue's handler. A letter that fails again does not fail
    /// the round.
    /// </summary>
    protected override async Task HandleAsync(IReadOnlyList<long> rows, CancellationToken cancellationToken)
    {
        foreach (var id in rows)
        {
            if (await TakeAsync(id, cancellationToken) is { } queue) await ReplayAsync(_subscriptions[queue], id, cancellationToken);
        }
    }

    /// <summary>Leaves the letter to an operator.</summary>
    protected override Task SetAsideAsync(long row, Exception error, CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        scope => scope.Db.Set<DeadLetter>().Where(letter => letter.Id == row)
            .ExecuteUpdateAsync(set => set
                    .SetProperty(letter => letter.Cause, DeadLetterCause.Item)
                    .SetProperty(letter => letter.ReplayAt, (DateTimeOffset?)null)),
        cancellationToken);

    /// <summary>
    /// Takes a letter that is still due, and returns its queue. Another process that saw the same letter moves nothing, and a process that
    /// dies with it costs only a delay.
    /// </summary>
    private Task<string?> TakeAsync(long id, CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        async scope =>
        {
            var now = _clock.GetUtcNow();
            var letters = scope.Db.Set<DeadLetter>().Where(row => row.Id == id && row.ReplayAt <= now);
            if (await letters.Select(row => new { row.Queue, row.Replays }).SingleOrDefaultAsync() is not { } letter) return null;
            var next = now + NextTryAfter(letter.Replays + 1);
            var taken = await letters.Where(row => row.Replays == letter.Replays)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.Replays, letter.Replays + 1).SetProperty(row => row.ReplayAt, next));
            return taken == 1 ? letter.Queue : null;
        },
        cancellationToken);

    private async Task ReplayAsync(BusSubscription subscription, long id, CancellationToken cancellationToken)
    {
        try
        {
            if (!await subscription.ReplayAsync(services, id, audit: null, cancellationToken)) return;
            Replayed++;
            LogReplayed(_logger, subscription.Queue, id);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailedAgain(_logger, error, subscription.Queue, id);
            if (!DatabaseErrors.IsUnavailable(error)) await SetAsideAsync(id, error, cancellationToken);
        }
    }

    private static TimeSpan NextTryAfter(int replays) =>
        replays >= 7 ? LongestInterval : ShortestInterval * Math.Pow(2, replays);

    [LoggerMessage(
        EventName = "dead_letter.replayed", Level = LogLevel.Information,
        Message = "{Queue}: dead letter {Id} was handled after all")]
    private static partial void LogReplayed(ILogger logger, string queue, long id);

    [LoggerMessage(EventName = "dead_letter.failed_again", Level = LogLevel.Warning, Message = "{Queue}: dead letter {Id} failed again")]
    private static partial void LogFailedAgain(ILogger logger, Exception error, string queue, long id);
}
