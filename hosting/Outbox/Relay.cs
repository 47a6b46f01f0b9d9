using System.Diagnostics;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Outbox;

/// <summary>
/// Takes rows to the bus: reads without a transaction, publishes in bundles, awaits the confirms, marks the rows. No lock is ever held
/// across the network, and a broker that is away for any time costs only a backlog. A crash between confirm and mark publishes
/// rows again, which is why every consumer recognises what it has seen.
/// </summary>
/// <typeparam name="TSource">Where the rows are.</typeparam>
internal sealed partial class Relay<TSource>(TSource source, IBusPublisher publisher, TimeProvider clock, ILogger<Relay<TSource>> logger)
    : BackgroundService, IHostedLifecycleService
    where TSource : class, IRelaySource
{
    private const int RowsPerRound = 500;

    /// <summary>Only for a wake-up lost between a commit and its hook; another process's rows on MySQL come this way too.</summary>
    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(1);

    /// <summary>
    /// From one round to the next, at least. Rows that come one by one go together then: a hop costs the same for one row as for a hundred, and at 200
    /// rows a second single ones would keep two cores busy with nothing but hops. The first row after a quiet moment never waits.
    /// </summary>
    private static readonly TimeSpan RoundEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// After a round of so many rows the next begins later: under load the processor is what is short, and twice the rows for the same hop leave it time,
    /// which makes each row faster in the end.
    /// </summary>
    private const int ManyRows = 20;

    private static readonly TimeSpan RoundEveryUnderLoad = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _lastRound = new();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Ends the round in hand while the bus still runs, so that what the bus has confirmed is marked. Cut off, it would be published once
    /// more by the next process.
    /// </summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _lastRound.CancelAsync();
        if (ExecuteTask is { } loop)
            await loop.WaitAsync(ConfirmTimeout, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Dispose()
    {
        base.Dispose();
        _lastRound.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, _lastRound.Token);
        var failures = 0;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var began = TimeProvider.System.GetTimestamp();
                var rows = await RelayRoundAsync(stoppingToken);
                if (failures > 0) LogRecovered(logger, source.Name, failures);
                failures = 0;
                if (rows == RowsPerRound) continue;
                await source.Signal.SleepAsync(PollEvery, clock, stopping.Token);
                // Real time, whatever the clock: what it spares is the processor's.
                var early = (rows < ManyRows ? RoundEvery : RoundEveryUnderLoad) - TimeProvider.System.GetElapsedTime(began);
                if (early > TimeSpan.Zero) await Task.Delay(early, TimeProvider.System, stopping.Token);
            }
            catch (Exception error)
            {
                if (stopping.IsCancellationRequested) return;
                failures++;
                LogFailed(logger, error, source.Name, failures);
                await BackOffAsync(failures, stopping.Token);
            }
        }
    }

    /// <summary>Publishes one round; says of how many rows. A full one may have left more.</summary>
    private async Task<int> RelayRoundAsync(CancellationToken cancellationToken)
    {
        var rows = await source.ReadAsync(RowsPerRound, cancellationToken);
        if (rows.Count == 0) return 0;
        var began = clock.GetTimestamp();
        var batches = Bundler.Split(rows).ToList();
        var failure = await PublishInTurnAsync(batches, cancellationToken);

        var published = batches.Where(batch => batch.Confirmed).SelectMany(batch => batch.Rows).ToList();
        if (published.Count > 0) await MarkAsync(published, cancellationToken);
        Metrics.Relayed(source.Name, published.Count, clock.GetElapsedTime(began));
        return failure is null ? rows.Count : throw failure;
    }

    /// <summary>Tries until it holds: while the database is away, publishing the same rows again would only make copies.</summary>
    private async Task MarkAsync(List<RelayRow> published, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await source.MarkAsync(published, CancellationToken.None);
                return;
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                LogNotMarked(logger, error, source.Name, attempt);
                await BackOffAsync(attempt, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Each bundle after the confirm of the one before: publishes that are under way together can overtake each other inside MassTransit, and
    /// the messages to one contact would change places. A bundle of 128 rows keeps that fast enough.
    /// </summary>
    private async Task<Exception?> PublishInTurnAsync(List<Bundler.Batch> batches, CancellationToken cancellationToken)
    {
        foreach (var batch in batches)
        {
            if (await PublishAsync(batch, cancellationToken) is { } failure) return failure;
        }

        return null;
    }

    private async Task<Exception?> PublishAsync(Bundler.Batch batch, CancellationToken cancellationToken)
    {
        using var activity = ActivityNames.Source.StartActivity("relay " + source.Name, ActivityKind.Internal, batch.Rows[0].TraceParent);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (publisher.IsRemote) timeout.CancelAfter(ConfirmTimeout);
        try
        {
            await publisher.PublishAsync(batch.ToBundle(source.Name), batch.MessageId(source.Name), timeout.Token);
            batch.Confirmed = true;
            return null;
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            return new TimeoutException($"No confirm within {ConfirmTimeout.TotalSeconds} s.", error);
        }
        catch (Exception error)
        {
            return error;
        }
    }

    private async Task BackOffAsync(int failures, CancellationToken stoppingToken)
    {
        var delay = TimeSpan.FromMilliseconds(Math.Min(LongestBackoff.TotalMilliseconds, 50 * Math.Pow(2, Math.Min(failures, 10))));
        await Task.Delay(delay, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(EventName = "relay.failed", Level = LogLevel.Warning, Message = "{Source}: publishing failed (attempt {Attempt}); the rows stay and are tried again")]
    private static partial void LogFailed(ILogger logger, Exception error, string source, int attempt);

    [LoggerMessage(EventName = "relay.not_marked", Level = LogLevel.Warning, Message = "{Source}: published, but not marked (attempt {Attempt}); marking is tried again")]
    private static partial void LogNotMarked(ILogger logger, Exception error, string source, int attempt);

    [LoggerMessage(EventName = "relay.recovered", Level = LogLevel.Information, Message = "{Source}: publishing again after {Attempts} failures")]
    private static partial void LogRecovered(ILogger logger, string source, int attempts);
}
