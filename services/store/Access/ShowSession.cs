using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary><c>GET /ui/session</c>: who is signed in, and until when. A key is no session, and is told that there is none.</summary>
internal static class ShowSession
{
    public static void MapShowSession(this IEndpointRouteBuilder routes) => routes.MapGet("/ui/session", HandleAsync)
        .Needs(Scopes.None)
        .WithTags("Sessions")
        .WithSummary("Who is signed in, and until when.")
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<CurrentSession>, ProblemHttpResult>> HandleAsync(
        HttpContext context,
        Caller caller,
        SessionTokens tokens,
        IDbContextFactory<StoreDbContext> factory,
        CancellationToken cancellationToken)
    {
        if (Credential.Of(context.Request) is not { } credential || await tokens.ReadAsync(credential) is not { } id)
            return Problems.NotFound("session");
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var found = await (from session in db.Set<Session>()
                           join user in db.Set<User>() on session.UserId equals user.Id
                           where session.Id == id && user.Id == caller.UserId
                           select new { session.ExpiresAt, User = user }).SingleOrDefaultAsync(cancellationToken);
        if (found is null) return Problems.NotFound("session");
        return TypedResults.Ok(
            new CurrentSession(found.ExpiresAt, new SignedInUser(found.User.Id, found.User.Username, found.User.Role)));
    }
}

/// <summary>A session that is open.</summary>
/// <param name="ExpiresAt">Until when (UTC).</param>
internal sealed record CurrentSession(DateTimeOffset ExpiresAt, SignedInUser User);
