using System.Threading.Channels;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Writes the results of attempts. Those that come while a commit is under way go into the next one together: a commit for each would
/// halve the throughput. A crash before the commit repeats the posts with the same <c>webhook-id</c>.
/// </summary>
internal sealed partial class AttemptRecorder(
    IUnitOfWork<CrmForwarderDbContext> unitOfWork, DeliveryMailbox mailbox, TimeProvider clock, ILogger<AttemptRecorder> logger)
{
    /// <summary>Bounds what a crash repeats, beyond what is in flight: attempts wait for a place here before they give up their slot.</summary>
    private const int MostUnrecorded = 512;

    private static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(200);

    private readonly Channel<AttemptResult> _results = Channel.CreateBounded<AttemptResult>(
        new BoundedChannelOptions(MostUnrecorded) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private volatile bool _closing;

    public ValueTask AddAsync(AttemptResult result, CancellationToken cancellationToken) => _results.Writer.WriteAsync(result, cancellationToken);

    /// <summary>Lets <see cref="RunAsync"/> end once all is written, or cannot be.</summary>
    public void Close()
    {
        _closing = true;
        _results.Writer.TryComplete();
    }

    public async Task RunAsync()
    {
        var batch = new List<AttemptResult>();
        while (await _results.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MostUnrecorded && _results.Reader.TryRead(out var result)) batch.Add(result);
            await RecordAsync([.. batch.Select(Follow)]);
        }
    }

    private async Task RecordAsync(List<Conclusion> conclusions)
    {
        while (true)
        {
            try
            {
                await unitOfWork.ExecuteAsync(scope => WriteAsync(scope.Db, conclusions));
                break;
            }
            catch (Exception error)
            {
                LogNotRecorded(logger, error, conclusions.Count);
                if (_closing) return;
                await Task.Delay(RetryEvery, clock);
            }
        }

        mailbox.Post(lanes =>
        {
            foreach (var (result, _, _) in conclusions) lanes.Of(result.Target.EndpointId).Recorded(result.Delivery.Id);
        });
        foreach (var conclusion in conclusions) Tell(conclusion);
    }

    /// <summary>What follows from a result.</summary>
    private Conclusion Follow(AttemptResult result)
    {
        var now = clock.GetUtcNow();
        return result.Verdict switch
        {
            Verdict.Delivered => new Conclusion(result, DeliveryState.Delivered, now),
            Verdict.Gone => new Conclusion(result, DeliveryState.Pending, now),
            Verdict.Refused => new Conclusion(result, DeliveryState.Dead, now),
            _ => RetrySchedule.Wait(result.Delivery.Failures + 1, result.RetryAfter, Random.Shared.NextDouble()) is { } wait
                ? new Conclusion(result, DeliveryState.Pending, now + wait)
                : new Conclusion(result, DeliveryState.Dead, now),
        };
    }

    private async Task WriteAsync(CrmForwarderDbContext db, List<Conclusion> conclusions)
    {
        var now = clock.GetUtcNow();
        foreach (var same in conclusions.Where(c => c.State == DeliveryState.Delivered).GroupBy(c => c.Result.Status))
        {
            var ids = same.Select(c => c.Result.Delivery.Id).ToList();
            await db.Deliveries.Where(row => ids.Contains(row.Id)).ExecuteUpdateAsync(set => set
                .SetProperty(row => row.State, DeliveryState.Delivered)
                .SetProperty(row => row.Attempts, row => row.Attempts + 1)
                .SetProperty(row => row.DeliveredAt, now)
                .SetProperty(row => row.LastStatus, same.Key)
                .SetProperty(row => row.LastError, (string?)null));
        }

        foreach (var (result, state, due) in conclusions.Where(c => c.State != DeliveryState.Delivered))
        {
            // Only while it is pending: an account unlinked meanwhile has buried it.
            await db.Deliveries.Where(row => row.Id == result.Delivery.Id && row.State == DeliveryState.Pending).ExecuteUpdateAsync(set => set
                .SetProperty(row => row.State, state)
                .SetProperty(row => row.Attempts, row => row.Attempts + 1)
                .SetProperty(row => row.Failures, result.Delivery.Failures + (result.Verdict == Verdict.Gone ? 0 : 1))
                .SetProperty(row => row.DueAt, due)
                .SetProperty(row => row.LastStatus, result.Status)
                .SetProperty(row => row.LastError, result.Error));
        }

        foreach (var target in conclusions.Where(c => c.Result.Verdict == Verdict.Gone).Select(c => c.Result.Target).Distinct())
        {
            // Only while it is the URL that answered.
            await db.Endpoints.Where(row => row.Id == target.EndpointId && row.Url == target.Url && row.State == EndpointState.Active)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, EndpointState.Disabled).SetProperty(row => row.ChangedAt, now));
        }

        await DeliveryAttempt.InsertAsync(db, conclusions.Select(c => new DeliveryAttempt
        {
            DeliveryId = c.Result.Delivery.Id,
            Number = c.Result.Delivery.Attempts + 1,
            At = c.Result.At,
            Status = c.Result.Status,
            Error = c.Result.Error,
            DurationMs = (int)c.Result.Duration.TotalMilliseconds,
        }));
    }

    private void Tell(Conclusion conclusion)
    {
        var (result, state, due) = conclusion;
        var (endpoint, attempt, milliseconds) = (result.Target.EndpointId, result.Delivery.Attempts + 1, (long)result.Duration.TotalMilliseconds);
        DeliveryMetrics.Recorded(result, state == DeliveryState.Dead);
        if (state == DeliveryState.Delivered) LogDelivered(logger, result.Delivery.EventId.Value, endpoint, attempt, result.Status, milliseconds);
        else if (state == DeliveryState.Dead) LogDead(logger, result.Delivery.EventId.Value, endpoint, attempt, result.Status, result.Error, milliseconds);
        else if (result.Verdict == Verdict.Gone) LogGone(logger, result.Delivery.EventId.Value, endpoint, attempt, milliseconds);
        else LogFailed(logger, result.Delivery.EventId.Value, endpoint, attempt, result.Status, result.Error, milliseconds, due);
    }

    // At Debug, because there is one per event; the delivery log has them all.
    [LoggerMessage(EventName = "delivery.delivered", Level = LogLevel.Debug, Message = "{EventId} delivered to {EndpointId}, attempt {Attempt}, status {Status}, {Milliseconds} ms")]
    private static partial void LogDelivered(ILogger logger, string eventId, string endpointId, int attempt, int? status, long milliseconds);

    [LoggerMessage(EventName = "delivery.failed", Level = LogLevel.Warning, Message = "{EventId} not delivered to {EndpointId}, attempt {Attempt}, status {Status}, {Error}, {Milliseconds} ms; again at {Due:O}")]
    private static partial void LogFailed(ILogger logger, string eventId, string endpointId, int attempt, int? status, string? error, long milliseconds, DateTimeOffset due);

    [LoggerMessage(EventName = "delivery.dead", Level = LogLevel.Error, Message = "{EventId} given up for {EndpointId}, attempt {Attempt}, status {Status}, {Error}, {Milliseconds} ms; POST /api/v1/deliveries/<id>/redeliver sends it again")]
    private static partial void LogDead(ILogger logger, string eventId, string endpointId, int attempt, int? status, string? error, long milliseconds);

    [LoggerMessage(EventName = "endpoint.disabled", Level = LogLevel.Warning, Message = "{EventId}: {EndpointId} answered 410 Gone, attempt {Attempt}, {Milliseconds} ms; its deliveries are kept until its URL is changed")]
    private static partial void LogGone(ILogger logger, string eventId, string endpointId, int attempt, long milliseconds);

    [LoggerMessage(EventName = "delivery.not_recorded", Level = LogLevel.Warning, Message = "{Count} results could not be recorded; trying again")]
    private static partial void LogNotRecorded(ILogger logger, Exception error, int count);

    /// <param name="Result">What happened.</param>
    /// <param name="State">How the delivery stands now.</param>
    /// <param name="Due">When it is due next, while it is pending.</param>
    private sealed record Conclusion(AttemptResult Result, DeliveryState State, DateTimeOffset Due);
}
