using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary>
/// <c>DELETE /ui/session</c>: revokes the session and clears the cookie. It needs no caller: somebody who is signed out already wants the
/// same, and otherwise nothing would clear a cookie that is not accepted any more.
/// </summary>
internal static class SignOut
{
    public static void MapSignOut(this IEndpointRouteBuilder routes) => routes.MapDelete("", HandleAsync)
        .ProducesProblem(StatusCodes.Status403Forbidden)
        .WithSummary("Sign out: the token is refused from then on.");

    private static async Task<NoContent> HandleAsync(
        HttpContext context,
        SessionTokens tokens,
        IUnitOfWork<StoreDbContext> unitOfWork,
        AccessChanges changes,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (Credential.Of(context.Request) is { } credential && await tokens.ReadAsync(credential) is { } id)
        {
            await unitOfWork.ExecuteAsync(
                async scope =>
                {
                    var now = clock.GetUtcNow();
                    await scope.Db.Set<Session>()
                        .Where(session => session.Id == id && session.RevokedAt == null)
                        .ExecuteUpdateAsync(set => set.SetProperty(session => session.RevokedAt, now));
                    scope.AfterCommit(changes.Announce);
                },
                cancellationToken);
        }

        context.Response.Cookies.Delete(Credential.SessionCookie, SessionCookie.Options(context.Request, DateTimeOffset.UnixEpoch));
        return TypedResults.NoContent();
    }
}
