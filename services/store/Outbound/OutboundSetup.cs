using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Outbound;

/// <summary>What goes to Meta.</summary>
internal static class OutboundSetup
{
    public static void AddOutbound(this IServiceCollection services)
    {
        services.AddSingleton<SendWaiters>();
        services.AddSingleton<Verdicts>();
        services.AddSingleton<SendRepeats>();
        services.AddSingleton<AcceptSend>();
        services.AddSingleton<SendBody>();
        services.AddSingleton<ReactionReports>();
        services.AddSingleton<CancelMessage>();
        services.AddSingleton<RetryMessage>();
        services.AddWorker<ScheduledSends>();
        services.AddWorker<IdempotencySweep>();
        services.AddWorker<CommentSweep>();
        services.AddMessageHandler<StoreDbContext, SendReported, SendReports>("store.send-reported");
    }

    public static void MapOutbound(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/messages").WithTags("Messages");
        group.MapSend();
        group.MapShowMessage();
        group.MapReactToMessage();
        CancelMessage.Map(group);
        RetryMessage.Map(group);
    }
}
