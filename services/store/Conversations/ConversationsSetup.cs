namespace InstaMessenger.Store.Conversations;

/// <summary>The inbox, for programs under <c>/api/v1</c> and for the browser under <c>/ui</c>: the same answers.</summary>
internal static class ConversationsSetup
{
    public static void MapConversations(this IEndpointRouteBuilder routes)
    {
        Map(routes.MapGroup("/api/v1/conversations").WithTags("Conversations"));
        // The document would say everything twice.
        Map(routes.MapGroup("/ui/conversations").ExcludeFromDescription());
    }

    private static void Map(RouteGroupBuilder group)
    {
        group.MapConversationList();
        group.MapThread();
        group.MapReadMark();
        group.MapTypingSign();
    }
}
