using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Inbound.Arrivals;

namespace InstaMessenger.Store.Inbound;

/// <summary>What comes from Meta.</summary>
internal static class InboundSetup
{
    public const string Queue = "store.webhook-received";

    public static void AddInbound(this IServiceCollection services)
    {
        // The order matters: what is about a message comes behind the messages.
        services.AddSingleton<MessageRecorder>();
        services.AddSingleton<IArrivalHandler, MessageArrivals>();
        services.AddSingleton<IArrivalHandler, PostbackArrivals>();
        services.AddSingleton<IArrivalHandler, ReferralArrivals>();
        services.AddSingleton<IArrivalHandler, PostCommentArrivals>();
        services.AddSingleton<IArrivalHandler, LiveCommentArrivals>();
        services.AddSingleton<IArrivalHandler, EditArrivals>();
        services.AddSingleton<IArrivalHandler, ReactionArrivals>();
        services.AddSingleton<IArrivalHandler, ReadArrivals>();
        services.AddSingleton<IArrivalHandler, UnsendArrivals>();
        services.AddSingleton<UnsupportedArrivals>();
        services.AddSingleton<InboundRecorder>();
        services.AddSharedSignal<QuarantineSignal>();
        services.AddWorker<QuarantineReplay>();
        services.AddWorker<QuarantineGauges>();
        services.AddWorker<EarlyChangeSweep>();
        services.AddWorker<UnsentLetters>();
        services.AddMessageHandler<StoreDbContext, WebhookReceived, RecordWebhooks>(Queue);
    }
}
