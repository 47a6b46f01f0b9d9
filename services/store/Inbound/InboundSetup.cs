using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Store.Data;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace InstaMessenger.Store.Inbound;

/// <summary>What comes from Meta.</summary>
internal static class InboundSetup
{
    public static void AddInbound(this IServiceCollection services)
    {
        services.AddSingleton<MessageRecorder>();
        services.AddSingleton<InboundRecorder>();
        services.TryAddSingleton<QuarantineSignal>();
        services.AddSingleton<QuarantineReplay>();
        services.AddHostedService(provider => provider.GetRequiredService<QuarantineReplay>());
        services.AddMessageHandler<StoreDbContext, WebhookReceived, RecordWebhooks>("store.webhook-received");
    }
}
