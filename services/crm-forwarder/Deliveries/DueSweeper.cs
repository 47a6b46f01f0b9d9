using InstaMessenger.CrmForwarder.Claims;
using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Finds what nobody told the worker of (retries, and what a crash or another process left), every second or when the next retry is due.
/// Each process looks for its own endpoints, and for those that nobody has.
/// </summary>
internal sealed class DueSweeper(DeliveryMailbox mailbox, DueDeliveries due, ProcessLease lease, TimeProvider clock) : Worker
{
    public override string Name => "crm-forwarder.due-sweeper";

    public override TimeSpan Interval => TimeSpan.FromSeconds(1);

    public override TimeSpan LongestBackoff => TimeSpan.FromSeconds(1);

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        if (lease.Claim is null) return NextRound.WhenWoken;
        var next = await due.NextAsync(cancellationToken);
        var changed = next.ToDictionary(row => row.EndpointId, row => row.ChangedAt);
        var now = clock.GetUtcNow();
        mailbox.NewDeliveries([.. next.Where(row => row.Due <= now).Select(row => row.EndpointId)]);
        mailbox.NewReplays([.. next.Where(row => row.Anew <= now).Select(row => row.EndpointId)]);
        mailbox.Post(lanes =>
        {
            lanes.Check(changed);
            lanes.Prune();
        });
        var waits = next.SelectMany(row => new[] { row.Due, row.Anew }).Where(due => due > now).Select(due => due!.Value - now);
        return NextRound.Within(waits.Append(Interval).Min());
    }
}
