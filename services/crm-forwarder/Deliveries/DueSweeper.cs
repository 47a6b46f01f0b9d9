using InstaMessenger.CrmForwarder.Claims;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>Every second, or when the next retry is due: finds what nobody told the worker of: retries, and what a crash or another process left.</summary>
internal sealed partial class DueSweeper(DeliveryMailbox mailbox, DueDeliveries due, ProcessLease lease, TimeProvider clock, ILogger<DueSweeper> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            var sleep = Every;
            try
            {
                sleep = await SweepAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, error);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(sleep, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<TimeSpan> SweepAsync(CancellationToken stoppingToken)
    {
        var next = lease.Claim is not null ? await due.NextAsync(stoppingToken) : [];
        var now = clock.GetUtcNow();
        mailbox.NewDeliveries([.. next.Where(row => row.Due <= now).Select(row => row.EndpointId)]);
        mailbox.Post(lanes => lanes.Prune());
        return next.Where(row => row.Due > now).Select(row => row.Due - now).Append(Every).Min();
    }

    [LoggerMessage(EventName = "delivery.not_swept", Level = LogLevel.Warning, Message = "Due deliveries could not be looked for; trying again")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
