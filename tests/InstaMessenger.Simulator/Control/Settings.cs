using InstaMessenger.Simulator.Crm;
using InstaMessenger.Simulator.Meta;
using InstaMessenger.Simulator.Meta.Faults;

namespace InstaMessenger.Simulator.Control;

/// <summary><c>GET /control/state</c>, <c>PATCH /control/settings</c>, <c>POST /control/reset</c>.</summary>
internal static class Settings
{
    public static void MapSettings(this IEndpointRouteBuilder control, MetaStandIn meta, CrmStandIn crm)
    {
        control.MapGet("/state", () => State(meta, crm));
        control.MapPatch("/settings", (Changes changes) =>
        {
            Apply(meta, changes);
            return State(meta, crm);
        });
        control.MapPost("/reset", () =>
        {
            meta.Reset();
            crm.Reset();
            return State(meta, crm);
        });
    }

    /// <summary>Only the given members change.</summary>
    internal sealed record Changes(
        Uri? CallbackUrl, string? AppSecret, int[]? RedeliveryMs, EchoMode? EchoMode, int? EchoDelayMs, int? LatencyMs,
        bool? EnforceWindow, bool? AllowUnknownRecipients, bool? FetchOutgoingMedia);

    private static void Apply(MetaStandIn meta, Changes changes)
    {
        meta.Webhooks.CallbackUrl = changes.CallbackUrl ?? meta.Webhooks.CallbackUrl;
        meta.Webhooks.AppSecret = changes.AppSecret ?? meta.Webhooks.AppSecret;
        if (changes.RedeliveryMs is { } waits)
            meta.Webhooks.RedeliverySchedule = [.. waits.Select(wait => TimeSpan.FromMilliseconds(wait))];
        meta.EchoMode = changes.EchoMode ?? meta.EchoMode;
        meta.EchoDelayMs = changes.EchoDelayMs ?? meta.EchoDelayMs;
        meta.LatencyMs = changes.LatencyMs ?? meta.LatencyMs;
        meta.EnforceWindow = changes.EnforceWindow ?? meta.EnforceWindow;
        meta.AllowUnknownRecipients = changes.AllowUnknownRecipients ?? meta.AllowUnknownRecipients;
        meta.FetchOutgoingMedia = changes.FetchOutgoingMedia ?? meta.FetchOutgoingMedia;
    }

    private static object State(MetaStandIn meta, CrmStandIn crm) => new
    {
        meta.Webhooks.CallbackUrl,
        RedeliveryMs = meta.Webhooks.RedeliverySchedule.Select(wait => (int)wait.TotalMilliseconds),
        meta.EchoMode,
        meta.EchoDelayMs,
        meta.LatencyMs,
        meta.EnforceWindow,
        meta.AllowUnknownRecipients,
        meta.FetchOutgoingMedia,
        Accounts = meta.Accounts.All.Select(account => new
        {
            account.Id,
            account.Username,
            account.Login,
            account.PageId,
            account.AppScopedId,
            Subscriptions = meta.Accounts.Subscriptions(account.Id),
        }),
        Crms = crm.All.Select(inbox => new
        {
            inbox.Name,
            inbox.Behaviour,
            Deliveries = inbox.Deliveries.Total,
            inbox.DistinctIds,
            inbox.Acknowledged,
            inbox.Untrusted,
        }),
        FaultPresets = Fault.Presets.Keys,
        SendFaults = new { meta.SendFaults.Queued, meta.SendFaults.Chances },
        OtherFaults = new { meta.OtherFaults.Queued, meta.OtherFaults.Chances },
        Sends = meta.Sends.Total,
        Calls = meta.Calls.Total,
        Webhooks = new { Posts = meta.Webhooks.Attempts.Total, meta.Webhooks.Undelivered, meta.Webhooks.Dropped },
    };
}
