using InstaMessenger.Store.Events;

namespace InstaMessenger.Store.Conversations;

/// <summary>The inbox, for programs under <c>/api/v1</c> and for the browser under <c>/ui</c>: the same answers.</summary>
internal static class ConversationsSetup
{
    public static void MapConversations(this IEndpointRouteBuilder routes)
    {
        Map(routes.MapGroup("/api/v1/conversations").WithTags("Conversations"));
        // The document would say everything twice.
        Map(routes.MapGroup("/ui/conversations").ExcludeFromDescription());
        MapCounters(routes.MapGroup("/api/v1/counters").WithTags("Conversations"));
        MapCounters(routes.MapGroup("/ui/counters").ExcludeFromDescription());
    }

    private static void MapCounters(RouteGroupBuilder group) => group.AddEndpointFilter<EventHead>().MapQueueCounters();

    private static void Map(RouteGroupBuilder group)
    {
        group.AddEndpointFilter<EventHead>();
        group.MapConversationList();
        group.MapConversationItem();
        group.MapThread();
        group.MapReadMark();
        group.MapTypingSign();
        group.MapPresence();
    }
}
