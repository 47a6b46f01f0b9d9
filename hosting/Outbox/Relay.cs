using System.Diagnostics;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Telemetry;
using InstaMessenger.Hosting.Workers;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Outbox;

/// <summary>
/// Takes rows to the bus: reads without a transaction, publishes in bundles, awaits the confirms, marks the rows. No lock is ever held
/// across the network, and a broker that is away for any time costs only a backlog. A crash between confirm and mark publishes
/// rows again, which is why every consumer recognises what it has seen. Of several processes one relays a source at a time; one that was
/// frozen and wakes with a bundle in flight marks nothing.
/// </summary>
/// <typeparam name="TSource">Where the rows are.</typeparam>
internal sealed partial class Relay<TSource>(
    TSource source, IBusPublisher publisher, TimeProvider clock, ILogger<Relay<TSource>> logger) : Worker
    where TSource : class, IRelaySource
{
    private const int RowsPerRound = 500;

    /// <summary>
    /// The shortest time from one round to the next. Rows that come one by one then go together: a hop costs the same for one row as for a
    /// hundred, and at 200 rows a second single ones would keep two cores busy with nothing but hops. The first row after a quiet moment
    /// never waits.
    /// </summary>
    private static readonly TimeSpan RoundEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// After a round of this many rows the next one begins later: under load the processor is what is short, and twice the rows for the
    /// same hop leave it time, which makes each row faster in the end.
    /// </summary>
    private const int ManyRows = 20;

    private static readonly TimeSpan RoundEveryUnderLoad = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(5);

    public override string Name => source.Name;

    /// <summary>Only covers for a wake-up that was lost between a commit and its hook.</summary>
    public override TimeSpan Interval => TimeSpan.FromSeconds(1);

    public override WakeSignal Signal => source.Signal;

    public override ILease? Lease => source.Lease;

    public override TimeSpan LongestBackoff => TimeSpan.FromSeconds(2);

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        var read = await source.ReadAsync(RowsPerRound, cancellationToken);
        foreach (var rotten in read.Where(row => row.Unreadable is not null)) await SetAsideAsync(rotten);
        if (read.Count > 0) await PublishAndMarkAsync(read, cancellationToken);
        if (read.Count == RowsPerRound) return NextRound.Now;
        return NextRound.WhenWoken.NotSoonerThan(read.Count < ManyRows ? RoundEvery : RoundEveryUnderLoad);
    }

    private async Task PublishAndMarkAsync(IReadOnlyList<RelayRow> read, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var (upTo, failure) = await PublishInTurnAsync([.. read.Where(row => row.Unreadable is null)], cancellationToken);
        List<RelayRow> done = [.. read.Where(row => row.Unreadable is not null || row.Id <= upTo)];
        if (done.Count > 0) await MarkAsync(done, cancellationToken);
        Metrics.Relayed(source.Name, done.Count, clock.GetElapsedTime(began));
        if (failure is not null) throw failure;
    }

    /// <summary>Tries until it succeeds: while the database is away, publishing the same rows again would only make copies.</summary>
    private async Task MarkAsync(List<RelayRow> done, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await source.MarkAsync(done, CancellationToken.None);
                return;
            }
            catch (Exception error) when (error is not LeaseLostException && !cancellationToken.IsCancellationRequested)
            {
                LogNotMarked(logger, error, source.Name, attempt);
                var wait = Backoff.After(attempt, LongestBackoff, Random.Shared.NextDouble());
                await Task.Delay(wait, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>
    /// Publishes each bundle after the confirm of the one before. Publishes that are under way together can overtake each other inside
    /// MassTransit, and the messages to one contact would change places; bundles of 128 rows keep this fast enough. A bundle that fails
    /// keeps all behind it waiting, for as long as it takes: a bus that takes nothing cannot be told from a bus that refuses one row, and
    /// no row may overtake.
    /// </summary>
    /// <returns>The id of the last row that the bus confirmed, and why there are no more.</returns>
    private async Task<(long? UpTo, Exception? Failure)> PublishInTurnAsync(List<RelayRow> rows, CancellationToken cancellationToken)
    {
        long? upTo = null;
        foreach (var batch in Bundler.Split(rows))
        {
            if (await PublishAsync(batch, cancellationToken) is { } failure) return (upTo, failure);
            upTo = batch.Rows[^1].Id;
        }

        return (upTo, null);
    }

    private async Task SetAsideAsync(RelayRow row)
    {
        await source.SetAsideAsync(row);
        LogSetAside(logger, source.Name, row.Id, row.Unreadable!);
    }

    private async Task<Exception?> PublishAsync(Bundler.Batch batch, CancellationToken cancellationToken)
    {
        // A process that was frozen looks here first, so that it publishes at most what it had in flight.
        if (source.Lease is { IsHeld: false } lease) return new LeaseLostException(lease.Name);
        using var activity = ActivityNames.Source.StartActivity("relay " + source.Name, ActivityKind.Internal, batch.Rows[0].TraceParent);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (publisher.IsRemote) timeout.CancelAfter(ConfirmTimeout);
        try
        {
            await publisher.PublishAsync(batch.ToBundle(source.Name), batch.MessageId(source.Name), timeout.Token);
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

    [LoggerMessage(
        EventName = "relay.not_marked",
        Level = LogLevel.Warning,
        Message = "{Source}: published, but not marked (attempt {Attempt}); marking is tried again")]
    private static partial void LogNotMarked(ILogger logger, Exception error, string source, int attempt);

    [LoggerMessage(
        EventName = "relay.row_set_aside",
        Level = LogLevel.Error,
        Message = "{Source}: row {Row} can never be published ({Reason}) and was set aside; the others go on")]
    private static partial void LogSetAside(ILogger logger, string source, long row, string reason);
}
