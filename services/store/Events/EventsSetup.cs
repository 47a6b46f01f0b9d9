using InstaMessenger.Contracts.Commands;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Events;

/// <summary>The taps that clients read the event log by; the third, the push to CRMs, is a service of its own.</summary>
internal static class EventsSetup
{
    public static void AddEvents(this IServiceCollection services)
    {
        services.AddSingleton<EventPages>();
        services.AddSingleton(new LiveRing());
        services.AddSingleton<LiveSessions>();
        services.AddMessageHandler<StoreDbContext, ReadEvents, ReplayPages>("store.read-events");
        services.AddSharedBoard<PresenceBoard>();
        services.AddWorker<LiveTail>();
        services.AddWorker<LivePulse>();
        services.AddWorker<LiveAccess>();
        services.AddSection<EventOptions>("Events");
        services.AddWorker<EventRetention>();
        services.AddWorker<EventLogGauges>();
    }

    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/events").WithTags("Events");
        group.MapPullFeed();
        group.MapLiveStream();
    }
}
