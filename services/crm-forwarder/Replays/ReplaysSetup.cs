using InstaMessenger.Contracts.Events;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.CrmForwarder.Replays;

/// <summary>Posting a part of the event log anew.</summary>
internal static class ReplaysSetup
{
    public static void AddReplays(this IServiceCollection services)
    {
        services.AddMessageHandler<CrmForwarderDbContext, EventsRead, TakeReplayedEvents>("crm-forwarder.events-read");
        services.AddSingleton<ReplaySignal>();
        services.AddWorker<ReplayWorker>();
    }

    public static void MapReplays(this IEndpointRouteBuilder routes)
    {
        routes.MapBeginReplay();
        routes.MapListReplays();
        routes.MapCancelReplay();
    }
}
