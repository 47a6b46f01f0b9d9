using InstaMessenger.Simulator.Crm;
using InstaMessenger.Simulator.Meta;

namespace InstaMessenger.Simulator.Control;

/// <summary>What happened, newest first: <c>/control/sends</c>, <c>/calls</c>, <c>/webhooks</c>, <c>/crm/{name}/deliveries</c>.</summary>
internal static class Records
{
    public static void MapRecords(this IEndpointRouteBuilder control, MetaStandIn meta, CrmStandIn crm)
    {
        control.MapGet("/sends", (string? account, string? recipient, string? text, int limit = 100) =>
            Newest(meta.Sends.All.Where(send =>
                (account is null || send.Account == account)
                && (recipient is null || send.Recipient == recipient)
                && (text is null || send.Text == text)), limit));
        control.MapGet("/sends/repeated", () =>
            meta.AcceptedMoreThanOnce.Select(repeated => new { repeated.Recipient, repeated.Content, repeated.Count }));
        control.MapGet("/calls", (string? account, int? status, int limit = 100) =>
            Newest(meta.Calls.All.Where(call =>
                (account is null || call.Account == account)
                && (status is null || call.Status == status)), limit));
        control.MapGet("/webhooks", (bool? delivered, int limit = 100) =>
            Newest(meta.Webhooks.Attempts.All.Where(attempt => delivered is null || attempt.Delivered == delivered), limit));
        control.MapGet("/crm/{name}/deliveries", (
            string name, string? id, string? type, bool? trusted, bool? acknowledged, int limit = 100) =>
            Newest(crm.Inbox(name).Deliveries.All.Where(delivery =>
                (id is null || delivery.WebhookId == id)
                && (type is null || delivery.EventType == type)
                && (trusted is null || delivery.Trusted == trusted)
                && (acknowledged is null || delivery.Acknowledged == acknowledged)), limit));
    }

    private static IEnumerable<T> Newest<T>(IEnumerable<T> entries, int limit) => entries.Reverse().Take(limit);
}
