using InstaMessenger.Contracts.Events;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Keeps since when an endpoint has taken nothing, and pauses one that has taken nothing for days. It is written when it changes, so that
/// a delivery that is taken costs no further write.
/// </summary>
internal static class EndpointHealth
{
    /// <summary>An endpoint that only fails for this long is paused (api.md, "CRM webhooks").</summary>
    public static readonly TimeSpan PausedAfter = TimeSpan.FromDays(5);

    public const string Failing = "failing";

    /// <param name="scope">The unit that records the attempts.</param>
    /// <param name="conclusions">All of one endpoint, in the order in which they ended.</param>
    /// <param name="now">The time (UTC).</param>
    public static async Task KeepAsync(WorkScope<CrmForwarderDbContext> scope, IReadOnlyList<Conclusion> conclusions, DateTimeOffset now)
    {
        var target = conclusions[0].Result.Target;
        var endpoint = scope.Db.Endpoints.Where(row => row.Id == target.EndpointId && row.Url == target.Url);
        if (conclusions.Any(c => c.State == DeliveryState.Delivered))
        {
            // What the lane knows may be older than the row, but not by more than a page; the next success looks again.
            if (conclusions.Any(c => c.Result.Target.FailingSince is not null))
                await endpoint.Where(row => row.FailingSince != null)
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.FailingSince, (DateTimeOffset?)null));
            return;
        }

        if (target.FailingSince is not { } since)
        {
            await endpoint.Where(row => row.FailingSince == null)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.FailingSince, now));
            return;
        }

        if (now - since >= PausedAfter) await PauseAsync(scope, endpoint, conclusions, now);
    }

    /// <summary>Whether recording it may have paused its endpoint.</summary>
    public static bool MayHavePaused(Conclusion conclusion, DateTimeOffset now) =>
        conclusion.State != DeliveryState.Delivered && now - conclusion.Result.Target.FailingSince >= PausedAfter;

    private static async Task PauseAsync(
        WorkScope<CrmForwarderDbContext> scope,
        IQueryable<WebhookEndpoint> endpoint,
        IReadOnlyList<Conclusion> conclusions,
        DateTimeOffset now)
    {
        var until = now - PausedAfter;
        var paused = await endpoint.Where(row => row.State == EndpointState.Active && row.FailingSince <= until)
            .ExecuteUpdateAsync(set => set
                .SetProperty(row => row.State, EndpointState.Paused)
                .SetProperty(row => row.Reason, Failing)
                .SetProperty(row => row.ChangedAt, now));
        if (paused == 0) return;
        var (id, since) = (conclusions[0].Result.Target.EndpointId, conclusions[0].Result.Target.FailingSince!.Value);
        var accounts = await scope.Db.ReadableAsync(
            scope.Db.EndpointAccounts.Where(row => row.EndpointId == id).Select(row => row.AccountId).OrderBy(account => account));
        if (accounts.Count == 0)
        {
            // It takes the events of all accounts; those whose events it did not take are told.
            var failed = conclusions.Select(c => c.Result.Delivery.Id).ToList();
            accounts = await scope.Db.Deliveries.Where(row => failed.Contains(row.Id)).Select(row => row.AccountId).Distinct()
                .ToListAsync();
        }

        foreach (var account in accounts) scope.Publish(new WebhookEndpointPaused(account, id, since));
    }
}
