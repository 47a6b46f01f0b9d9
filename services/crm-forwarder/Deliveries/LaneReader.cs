using System.Threading.Channels;
using InstaMessenger.CrmForwarder.Claims;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Does what needs the database for the lanes, one after another, beside the loop that owns them: reads pages, and hands endpoints over.
/// </summary>
internal sealed partial class LaneReader(DeliveryMailbox mailbox, DueDeliveries due, EndpointClaims claims, ILogger<LaneReader> logger)
{
    private readonly Channel<Func<CancellationToken, Task>> _jobs = Channel.CreateUnbounded<Func<CancellationToken, Task>>(
        new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Reads the next page of a lane. Called by the loop that owns the lanes.</summary>
    public void Read(Lane lane)
    {
        var replays = lane.ReadsReplays;
        var (known, size) = (lane.BeginRead(), lane.PageSize);
        _jobs.Writer.TryWrite(stop => ReadAsync(lane, known, size, replays, stop));
    }

    /// <summary>Gives a lane that has yielded to the process that wants it. Called by the loop that owns the lanes.</summary>
    public void HandOver(Lane lane)
    {
        lane.BeginRead();
        _jobs.Writer.TryWrite(stop => HandOverAsync(lane, stop));
    }

    public async Task RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var job in _jobs.Reader.ReadAllAsync(stoppingToken)) await job(stoppingToken);
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends; nobody waits for what was not read. MySQL says of a cancelled query that it was interrupted.
        }
    }

    private async Task ReadAsync(Lane lane, List<long> known, int size, bool replays, CancellationToken stoppingToken)
    {
        try
        {
            var claim = await claims.TakeAsync(lane.EndpointId, stoppingToken);
            var page = claim is null
                ? LanePage.None
                : await due.ReadAsync(lane.EndpointId, claim, known, size, replays, stoppingToken);
            mailbox.Post(_ => lane.EndRead(page));
        }
        catch (Exception error) when (!stoppingToken.IsCancellationRequested)
        {
            LogNotRead(logger, error, lane.EndpointId);
            mailbox.Post(_ => lane.ReadFailed());
        }
    }

    private async Task HandOverAsync(Lane lane, CancellationToken stoppingToken)
    {
        try
        {
            await claims.HandOverAsync(lane.EndpointId, stoppingToken);
        }
        catch (Exception error) when (!stoppingToken.IsCancellationRequested)
        {
            LogNotRead(logger, error, lane.EndpointId);
        }

        mailbox.Post(_ => lane.Yielded());
    }

    [LoggerMessage(
        EventName = "delivery.not_read",
        Level = LogLevel.Warning,
        Message = "Due deliveries of {EndpointId} could not be read; trying again")]
    private static partial void LogNotRead(ILogger logger, Exception error, string endpointId);
}
