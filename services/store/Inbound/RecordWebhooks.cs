using System.Diagnostics;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Telemetry;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Inbound;

/// <summary>Handles <c>store.webhook-received</c>: all webhooks of a bundle in one transaction.</summary>
internal sealed class RecordWebhooks(InboundRecorder recorder) : IMessageHandler<StoreDbContext, WebhookReceived>
{
    public Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<WebhookReceived>> items)
    {
        var arrivals = new List<Arrival>(items.Count);
        foreach (var item in items)
        {
            using var activity = ActivityNames.Source.StartActivity("record webhook", ActivityKind.Consumer, item.TraceParent);
            var trace = activity?.Id ?? item.TraceParent;
            arrivals.AddRange(MetaWebhook.Read(item.Body.Body).Select(part => new Arrival(part, item.Body.ReceivedAt, trace)));
        }

        return recorder.RecordAsync(scope, arrivals);
    }

    /// <summary>Meta puts up to 1,000 events of any customers into one webhook: a bad one is set aside alone.</summary>
    public IReadOnlyList<WebhookReceived> Split(WebhookReceived message) =>
        [.. MetaWebhook.Read(message.Body).Select(item => message with { Body = item.ToWebhook() })];
}
