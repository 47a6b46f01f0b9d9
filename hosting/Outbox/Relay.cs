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
    : BackgroundService
    where TSource : class, IRelaySource
{
    private const int RowsPerRound = 500;

    /// <summary>Only for a wake-up lost between a commit and its hook; another process's rows on MySQL come this way too.</summary>
    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var more = await RelayRoundAsync(stoppingToken);
                if (failures > 0) LogRecovered(logger, source.Name, failures);
                failures = 0;
                if (!more) await source.Signal.SleepAsync(PollEvery, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                failures++;
                LogFailed(logger, error, source.Name, failures);
                await BackOffAsync(failures, stoppingToken);
            }
        }
    }

    /// <summary>Publishes one round; says whether there may be more.</summary>
    private async Task<bool> RelayRoundAsync(CancellationToken cancellationToken)
    {
        var rows = await source.ReadAsync(RowsPerRound, cancellationToken);
        if (rows.Count == 0) return false;
        var began = clock.GetTimestamp();
        var batches = Bundler.Split(rows).ToList();
        var failure = publisher.KeepsOrderInFlight
            ? await PublishTogetherAsync(batches, cancellationToken)
            : await PublishInTurnAsync(batches, cancellationToken);

        var published = batches.Where(batch => batch.Confirmed).SelectMany(batch => batch.Rows).ToList();
        if (published.Count > 0) await source.MarkAsync(published, cancellationToken);
        Metrics.Relayed(source.Name, published.Count, clock.GetElapsedTime(began));
        return failure is null ? rows.Count == RowsPerRound : throw failure;
    }

    private async Task<Exception?> PublishTogetherAsync(List<Bundler.Batch> batches, CancellationToken cancellationToken)
    {
        var failures = await Task.WhenAll(batches.Select(batch => PublishAsync(batch, cancellationToken)));
        return Array.Find(failures, failure => failure is not null);
    }

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
        if (publisher.KeepsOrderInFlight) timeout.CancelAfter(ConfirmTimeout);
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
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
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

    [LoggerMessage(EventName = "relay.recovered", Level = LogLevel.Information, Message = "{Source}: publishing again after {Attempts} failures")]
    private static partial void LogRecovered(ILogger logger, string source, int attempts);
}
