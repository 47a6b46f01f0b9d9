namespace InstaMessenger.Store.CannedReplies;

/// <summary>Saved replies: texts that people answer with again and again.</summary>
internal static class CannedRepliesSetup
{
    public static void MapCannedReplies(this IEndpointRouteBuilder routes)
    {
        var replies = routes.MapGroup("/api/v1/canned-replies").WithTags("Canned replies");
        replies.MapListCannedReplies();
        replies.MapCreateCannedReply();
        replies.MapChangeCannedReply();
        replies.MapDeleteCannedReply();
    }
}
