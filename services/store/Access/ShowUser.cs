using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary><c>GET /api/v1/users/{id}</c>.</summary>
internal static class ShowUser
{
    public static void MapShowUser(this IEndpointRouteBuilder routes) => routes.MapGet("{id}", HandleAsync)
        .Needs(Scopes.Read)
        .WithETag()
        .WithSummary("One user.");

    /// <summary>The accounts that a user is a member of, by id.</summary>
    public static Task<IReadOnlyList<AccountId>> AccountsOfAsync(
        StoreDbContext db, string userId, CancellationToken cancellationToken = default) => db.ReadableAsync(
        db.Set<Membership>().Where(row => row.UserId == userId).Select(row => row.AccountId).OrderBy(id => id), cancellationToken);

    private static async Task<Results<Ok<UserView>, ProblemHttpResult>> HandleAsync(
        string id, IDbContextFactory<StoreDbContext> factory, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        if (await db.Set<User>().SingleOrDefaultAsync(user => user.Id == id, cancellationToken) is not { } user)
            return Problems.NotFound("user");
        return TypedResults.Ok(UserView.Of(user, await AccountsOfAsync(db, id, cancellationToken)));
    }
}
