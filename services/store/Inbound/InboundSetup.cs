using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Inbound.Arrivals;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace InstaMessenger.Store.Inbound;

/// <summary>What comes from Meta.</summary>
internal static class InboundSetup
{
    public const string Queue = "store.webhook-received";

    public static void AddInbound(this IServiceCollection services)
    {
        // The order matters: what is about a message comes behind the messages.
        services.AddSingleton<IArrivalHandler, MessageArrivals>();
        services.AddSingleton<UnsupportedArrivals>();
        services.AddSingleton<InboundRecorder>();
        services.TryAddSingleton<QuarantineSignal>();
        services.AddWorker<QuarantineReplay>();
        services.AddWorker<QuarantineGauges>();
        // Meta promises no order and posts in parallel; threads are ordered by Meta's time of each message. So a backlog of small bundles
        // is taken many at a time. One by one, each waiting for its commit behind the API's writes, the store did 50 webhooks a second on a
        // busy machine.
        services.AddMessageHandler<StoreDbContext, WebhookReceived, RecordWebhooks>(Queue);
    }
}
