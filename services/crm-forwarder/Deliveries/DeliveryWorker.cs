using InstaMessenger.CrmForwarder.Claims;
using InstaMessenger.Hosting.Workers;
using Microsoft.Extensions.Options;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Posts what is due. One loop owns the lanes and does no work itself; reads, posts and records run beside it and tell it what they
/// did through the mailbox. A commit tells it too, and <see cref="DueSweeper"/> finds what nobody told.
/// </summary>
internal sealed partial class DeliveryWorker(
    DeliveryMailbox mailbox,
    LaneReader reader,
    DeliveryClient client,
    AttemptRecorder recorder,
    ProcessLease lease,
    IOptions<DeliveryOptions> options,
    TimeProvider clock,
    ILogger<DeliveryWorker> logger) : Worker, IDisposable
{
    /// <summary>How long posts in flight may finish at the end of the process; those cut off are posted again at the next start.</summary>
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(5);

    private readonly LaneSet _lanes = new(options.Value, clock);
    private readonly CancellationTokenSource _reading = new();
    private readonly CancellationTokenSource _cutOff = new();
    private Task[] _beside = [];

    public override string Name => "crm-forwarder.deliveries";

    /// <summary>Only covers for a wake-up that was lost.</summary>
    public override TimeSpan Interval => TimeSpan.FromSeconds(1);

    public override WakeSignal Signal => mailbox.Signal;

    public override Task BeginAsync(CancellationToken cancellationToken)
    {
        _beside = [recorder.RunAsync(), reader.RunAsync(_reading.Token)];
        return Task.CompletedTask;
    }

    /// <summary>Applies the news, and begins what there is room for.</summary>
    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        // Neither ends before the process does. If one has, nothing is recorded or read any more, and the round fails, so that it is told.
        foreach (var ended in _beside.Where(task => task.IsFaulted)) await ended;
        while (mailbox.News.TryRead(out var news)) Apply(news);
        foreach (var lane in _lanes.WantingPage) reader.Read(lane);
        foreach (var lane in _lanes.Yielded) reader.HandOver(lane);
        // Asked before each post: the process may have been frozen between two.
        while (lease.Claim is { } claim && _lanes.TryBegin(claim) is { } post) _ = AttemptAsync(post, _cutOff.Token);
        return _lanes.RateWait is { } wait ? NextRound.Within(wait < Interval ? wait : Interval) : NextRound.WhenWoken;
    }

    /// <summary>Begins nothing more, and lets the posts in flight finish and be recorded.</summary>
    public override async Task EndAsync(CancellationToken cancellationToken)
    {
        await _reading.EndAsync();
        _cutOff.CancelAfter(LongestDrain);
        while (_lanes.InFlight > 0) Apply(await mailbox.News.ReadAsync(CancellationToken.None));
        await recorder.CloseAsync();
        await Task.WhenAll(_beside);
    }

    public void Dispose()
    {
        _reading.Dispose();
        _cutOff.Dispose();
    }

    private async Task AttemptAsync(Post post, CancellationToken cutOff)
    {
        await Task.Yield();
        AttemptResult? result = null;
        try
        {
            var answer = await client.PostAsync(post.Target, post.Delivery, cutOff);
            await recorder.AddAsync(answer, cutOff);
            result = answer;
        }
        catch (OperationCanceledException)
        {
            // The process ends; the row is still pending.
        }
        catch (Exception error)
        {
            // Its lane still counts the row as known, so that it is not tried again and again; the next start tries it.
            LogBroken(logger, error, post.Delivery.EventId.Value, post.Target.EndpointId);
        }

        mailbox.Post(lanes => lanes.Finished(post, result));
    }

    /// <summary>One piece of news that breaks must not end the deliveries of all.</summary>
    private void Apply(Action<LaneSet> news)
    {
        try
        {
            news(_lanes);
        }
        catch (Exception error)
        {
            LogNews(logger, error);
        }
    }

    [LoggerMessage(
        EventName = "delivery.broken",
        Level = LogLevel.Error,
        Message = "{EventId}: the post to {EndpointId} broke off inside; it is tried again after a restart")]
    private static partial void LogBroken(ILogger logger, Exception error, string eventId, string endpointId);

    [LoggerMessage(
        EventName = "delivery.news_broken", Level = LogLevel.Error, Message = "The delivery worker could not take a piece of news")]
    private static partial void LogNews(ILogger logger, Exception error);
}
