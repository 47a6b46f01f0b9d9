using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;

namespace InstaMessenger.Store.Media;

/// <summary><c>GET /media/contacts/{id}</c>: the picture of a contact, for whoever may see their thread.</summary>
internal static class ShowContactPicture
{
    public static void MapShowContactPicture(this IEndpointRouteBuilder routes) => routes.MapGet("/contacts/{id}", GetAsync)
        .Needs(Scopes.Read)
        .WithSummary("The picture of a conversation's contact, as Instagram had it when they were last looked up.")
        .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream")
        .Produces(StatusCodes.Status304NotModified)
        .Refuses(StatusCodes.Status410Gone, "media_missing");

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> GetAsync(
        ConversationId id,
        Caller caller,
        HttpContext http,
        IDbContextFactory<StoreDbContext> factory,
        IMediaStore store,
        CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var account = await db.Conversations.Where(row => row.Id == id).Select(row => (AccountId?)row.AccountId)
            .SingleOrDefaultAsync(cancellationToken);
        if (account is not { } owner || !caller.CanSee(owner)) return Problems.NotFound("conversation");
        var picture = await db.Set<ContactPicture>().AsNoTracking().Where(row => row.ConversationId == id && row.MimeType != null)
            .OrderBy(row => row.File).FirstOrDefaultAsync(cancellationToken);
        if (picture is null) return Problems.NotFound("picture");
        if (await store.OpenAsync(picture.File, cancellationToken) is not { } content)
            return Problems.Of(StatusCodes.Status410Gone, "media_missing", "Its file is gone from the media storage.");
        MediaHeaders.Set(http.Response, id.Value, picture.MimeType!);
        return TypedResults.Stream(content, picture.MimeType, entityTag: new EntityTagHeaderValue($"\"{picture.File}\""));
    }
}
