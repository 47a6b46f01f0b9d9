using System.Threading.Channels;
using Microsoft.Extensions.Options;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Posts what is due. One loop owns the lanes and does no work itself; reads, posts and records run beside it and tell it what they
/// did through the mailbox. A commit tells it too, and a sweep every second finds what nobody told: retries, and what a crash left.
/// </summary>
internal sealed partial class DeliveryWorker(
    DeliveryMailbox mailbox,
    DueDeliveries due,
    DeliveryClient client,
    AttemptRecorder recorder,
    IOptions<DeliveryOptions> options,
    TimeProvider clock,
    ILogger<DeliveryWorker> logger) : BackgroundService
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    /// <summary>How long posts in flight may finish at the end of the process; those cut off are posted again at the next start.</summary>
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(5);

    private readonly LaneSet _lanes = new(options.Value);
    private readonly Channel<(Lane Lane, List<long> Known)> _reads = Channel.CreateUnbounded<(Lane, List<long>)>();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var cutOff = new CancellationTokenSource();
        var recording = recorder.RunAsync();
        var helpers = Task.WhenAll(ReadAsync(stoppingToken), SweepAsync(stoppingToken));
        await DispatchAsync(stoppingToken, cutOff.Token);

        cutOff.CancelAfter(LongestDrain);
        while (_lanes.InFlight > 0) (await mailbox.News.ReadAsync(CancellationToken.None))(_lanes);
        recorder.Close();
        await recording;
        await helpers;
    }

    private async Task DispatchAsync(CancellationToken stoppingToken, CancellationToken cutOff)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            while (mailbox.News.TryRead(out var news)) news(_lanes);
            foreach (var lane in _lanes.WantingPage) _reads.Writer.TryWrite((lane, lane.BeginRead()));
            while (_lanes.TryTake(out var lane, out var delivery)) _ = AttemptAsync(lane, lane.Target!, delivery, cutOff);
            await WaitAsync(mailbox.News.WaitToReadAsync(stoppingToken).AsTask());
        }
    }

    private async Task AttemptAsync(Lane lane, DeliveryTarget target, DueDelivery delivery, CancellationToken cutOff)
    {
        await Task.Yield();
        Verdict? verdict = null;
        try
        {
            var result = await client.PostAsync(target, delivery, cutOff);
            await recorder.AddAsync(result, cutOff);
            verdict = result.Verdict;
        }
        catch (OperationCanceledException)
        {
            // The process ends; the row is still pending.
        }

        mailbox.Post(lanes => lanes.Finished(lane, delivery, verdict));
    }

    private async Task ReadAsync(CancellationToken stoppingToken)
    {
        while (await WaitAsync(_reads.Reader.WaitToReadAsync(stoppingToken).AsTask()))
        {
            if (!_reads.Reader.TryRead(out var read)) continue;
            try
            {
                var page = await due.ReadAsync(read.Lane.EndpointId, read.Known, stoppingToken);
                mailbox.Post(_ => read.Lane.EndRead(page));
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotRead(logger, error);
                mailbox.Post(_ => read.Lane.ReadFailed());
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var sleep = SweepEvery;
            try
            {
                var next = await due.NextAsync(stoppingToken);
                var now = clock.GetUtcNow();
                var ready = next.Where(row => row.Due <= now).Select(row => row.EndpointId).ToList();
                mailbox.NewDeliveries(ready);
                mailbox.Post(lanes => lanes.Prune());
                var soon = next.Where(row => row.Due > now).Select(row => row.Due - now).DefaultIfEmpty(SweepEvery).Min();
                if (soon < sleep) sleep = soon;
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotRead(logger, error);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(sleep, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>False when the process ends.</summary>
    private static async Task<bool> WaitAsync(Task<bool> wait)
    {
        await ((Task)wait).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return wait.IsCompletedSuccessfully && wait.Result;
    }

    [LoggerMessage(EventName = "delivery.not_read", Level = LogLevel.Warning, Message = "Due deliveries could not be read; trying again")]
    private static partial void LogNotRead(ILogger logger, Exception error);
}
