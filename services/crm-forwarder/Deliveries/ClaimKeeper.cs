using InstaMessenger.CrmForwarder.Claims;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Keeps this process's lease on a database that several share, and passes on what the others say: that it was taken for dead, or that
/// they want an endpoint. Stops after the worker, so that posts that are being finished are still its own.
/// </summary>
internal sealed partial class ClaimKeeper(
    ProcessLease lease, EndpointClaims claims, DeliveryMailbox mailbox, TimeProvider clock, ILogger<ClaimKeeper> logger) : BackgroundService
{
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await lease.LeaveAsync();
        }
        catch (Exception error)
        {
            // Then it ends by itself.
            LogFailed(logger, error);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!lease.IsShared) return;
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await KeepAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, error);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(ProcessLease.RenewEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task KeepAsync(CancellationToken stoppingToken)
    {
        if (!await lease.RenewAsync(stoppingToken))
        {
            LogLost(logger);
            mailbox.Post(lanes => lanes.DropAll());
        }

        var wanted = await claims.WantedAsync(stoppingToken);
        mailbox.Post(lanes =>
        {
            foreach (var endpoint in wanted) lanes.Of(endpoint).Yield();
        });
    }

    [LoggerMessage(EventName = "forwarder.lease_failed", Level = LogLevel.Warning, Message = "The lease of this process could not be renewed; until it is, nothing is posted")]
    private static partial void LogFailed(ILogger logger, Exception error);

    [LoggerMessage(EventName = "forwarder.lease_lost", Level = LogLevel.Warning, Message = "This process was silent for so long that others may have taken its endpoints; it begins anew")]
    private static partial void LogLost(ILogger logger);
}
