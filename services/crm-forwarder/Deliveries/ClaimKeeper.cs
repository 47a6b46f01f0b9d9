using InstaMessenger.CrmForwarder.Claims;
using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Keeps this process's lease on a database that several share, and passes on what the others say: that it was taken for dead, or that
/// they want an endpoint. Stops after the worker, so that posts that are being finished are still its own.
/// </summary>
internal sealed partial class ClaimKeeper(
    ProcessLease lease, EndpointClaims claims, DeliveryMailbox mailbox, ILogger<ClaimKeeper> logger) : Worker
{
    public override string Name => "crm-forwarder.claim-keeper";

    public override TimeSpan Interval => ProcessLease.RenewEvery;

    public override TimeSpan LongestBackoff => ProcessLease.RenewEvery;

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        if (!lease.IsShared) return NextRound.WhenWoken;
        if (!await lease.RenewAsync(cancellationToken))
        {
            LogLost(logger);
            mailbox.Post(lanes => lanes.DropAll());
        }

        var wanted = await claims.WantedAsync(cancellationToken);
        mailbox.Post(lanes =>
        {
            foreach (var endpoint in wanted) lanes.Of(endpoint).Yield();
        });
        return NextRound.WhenWoken;
    }

    public override async Task EndAsync(CancellationToken cancellationToken)
    {
        try
        {
            await lease.LeaveAsync();
        }
        catch (Exception error)
        {
            LogNotLeft(logger, error);
        }
    }

    [LoggerMessage(
        EventName = "forwarder.lease_not_left",
        Level = LogLevel.Warning,
        Message = "The lease of this process could not be given back; it ends by itself")]
    private static partial void LogNotLeft(ILogger logger, Exception error);

    [LoggerMessage(
        EventName = "forwarder.lease_lost",
        Level = LogLevel.Warning,
        Message = "This process was silent for so long that others may have taken its endpoints; it begins anew")]
    private static partial void LogLost(ILogger logger);
}
