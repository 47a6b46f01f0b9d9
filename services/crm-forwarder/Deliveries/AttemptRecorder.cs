using System.Threading.Channels;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Writes the results of attempts. Those that come while a commit is under way go into the next one together: a commit for each would
/// halve the throughput. A crash before the commit repeats the posts with the same <c>webhook-id</c>.
/// </summary>
internal sealed class AttemptRecorder(
    IUnitOfWork<CrmForwarderDbContext> unitOfWork,
    DeliveryMailbox mailbox,
    ReplaySignal replays,
    TimeProvider clock,
    ILogger<AttemptRecorder> logger) : IDisposable
{
    /// <summary>
    /// Bounds what is written in one commit. How much a crash repeats of one endpoint, its lane bounds.
    /// </summary>
    private const int MostUnrecorded = 512;

    /// <summary>A result is rotten when it fails this often alone, each time while the database takes other work.</summary>
    private const int RottenAfter = 5;

    /// <summary>
    /// One whose failures look like a database that is away is given more time: it may be away now and then, between two looks.
    /// </summary>
    private static readonly TimeSpan DoubtfulFor = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(200);

    private readonly Channel<AttemptResult> _results = Channel.CreateBounded<AttemptResult>(
        new BoundedChannelOptions(MostUnrecorded) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly CancellationTokenSource _closing = new();

    private readonly EndpointNews _news = new(clock);

    public ValueTask AddAsync(AttemptResult result, CancellationToken cancellationToken) =>
        _results.Writer.WriteAsync(result, cancellationToken);

    /// <summary>Lets <see cref="RunAsync"/> end once all is written, or cannot be.</summary>
    public async Task CloseAsync()
    {
        _results.Writer.TryComplete();
        await _closing.EndAsync();
    }

    public async Task RunAsync()
    {
        var batch = new List<Conclusion>();
        while (await _results.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MostUnrecorded && _results.Reader.TryRead(out var result))
                batch.Add(Conclusion.Of(result, clock.GetUtcNow(), Random.Shared.NextDouble()));
            await RecordAsync(batch);
        }
    }

    public void Dispose() => _closing.Dispose();

    /// <summary>Records all in one unit or, when that fails, each half by itself, down to the one that cannot be written.</summary>
    private async Task RecordAsync(List<Conclusion> conclusions)
    {
        if (conclusions.Count == 1)
        {
            await RecordAloneAsync(conclusions[0]);
            return;
        }

        while (true)
        {
            try
            {
                await WriteAsync(conclusions);
                return;
            }
            catch (Exception error)
            {
                logger.NotRecorded(error, conclusions.Count);
                if (_closing.IsCancellationRequested) return;
                if (!DatabaseErrors.IsUnavailable(error) || await DatabaseTakesWorkAsync()) break;
                await WaitAsync();
            }
        }

        var half = conclusions.Count / 2;
        await RecordAsync([.. conclusions.Take(half)]);
        await RecordAsync([.. conclusions.Skip(half)]);
    }

    private async Task RecordAloneAsync(Conclusion conclusion)
    {
        for (var (failures, since) = (0, clock.GetTimestamp()); ;)
        {
            try
            {
                await WriteAsync([conclusion]);
                return;
            }
            catch (Exception error)
            {
                logger.NotRecorded(error, 1);
                if (_closing.IsCancellationRequested) return;
                if (!await DatabaseTakesWorkAsync()) (failures, since) = (0, clock.GetTimestamp());
                else if (++failures >= RottenAfter && (!DatabaseErrors.IsUnavailable(error) || clock.GetElapsedTime(since) >= DoubtfulFor))
                {
                    await SetAsideAsync(conclusion, error);
                    return;
                }

                await WaitAsync();
            }
        }
    }

    private async Task WriteAsync(List<Conclusion> conclusions)
    {
        var written = await unitOfWork.ExecuteAsync(scope => Conclusions.WriteAsync(scope, conclusions, clock.GetUtcNow()));
        Forget(conclusions);
        var now = clock.GetUtcNow();
        if (written.Exists(c => c.Result.Delivery.ReplayId is not null)) replays.Wake();
        foreach (var conclusion in written.Where(c => EndpointHealth.MayHavePaused(c, now)).DistinctBy(c => c.Result.Target.EndpointId))
            mailbox.EndpointChanged(conclusion.Result.Target.EndpointId);
        foreach (var conclusion in written)
        {
            DeliveryMetrics.Recorded(conclusion.Result, conclusion.State == DeliveryState.Dead);
            logger.Concluded(conclusion, _news);
        }

        if (written.Count == conclusions.Count) return;
        foreach (var lost in conclusions.Except(written)) logger.NotOurs(lost.Result.Delivery.EventId.Value, lost.Result.Target.EndpointId);
    }

    /// <summary>
    /// Sets a result aside. Its lane forgets it only when its row says so too; otherwise the row, still pending, would be posted again at
    /// once, and for ever.
    /// </summary>
    private async Task SetAsideAsync(Conclusion conclusion, Exception cause)
    {
        var result = conclusion.Result;
        DeliveryMetrics.SetAside();
        try
        {
            await unitOfWork.ExecuteAsync(scope => Conclusions.SetAsideAsync(scope.Db, result.Delivery.Id, "not_recordable"));
            Forget([conclusion]);
        }
        catch (Exception error)
        {
            logger.NotRecorded(error, 1);
            mailbox.Post(lanes => lanes.Of(result.Target.EndpointId).GivenUp(result.Delivery.Id));
        }

        logger.SetAside(cause, result.Delivery.EventId.Value, result.Target.EndpointId, result.Status, result.Error);
    }

    private void Forget(List<Conclusion> recorded)
    {
        var rows = recorded.Select(conclusion => (conclusion.Result.Target.EndpointId, conclusion.Result.Delivery.Id)).ToList();
        mailbox.Post(lanes =>
        {
            foreach (var (endpoint, delivery) in rows) lanes.Of(endpoint).Recorded(delivery);
        });
    }

    /// <summary>Whether a unit without content goes through. If it does not, the failure says nothing about what was written.</summary>
    private async Task<bool> DatabaseTakesWorkAsync()
    {
        try
        {
            await unitOfWork.ExecuteAsync(_ => Task.CompletedTask);
            return true;
        }
        catch (Exception error)
        {
            logger.NotRecorded(error, 0);
            return false;
        }
    }

    private async Task WaitAsync() =>
        await Task.Delay(RetryEvery, clock, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
