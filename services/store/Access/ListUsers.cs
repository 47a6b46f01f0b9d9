using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary><c>GET /api/v1/users</c>, oldest first.</summary>
internal static class ListUsers
{
    public static void MapListUsers(this IEndpointRouteBuilder routes) => routes.MapGet("", HandleAsync)
        .Needs(Scopes.Read)
        .WithSummary("Users, oldest first.");

    private static async Task<Ok<Page<UserView>>> HandleAsync(
        IDbContextFactory<StoreDbContext> factory, IdCursor<User>? cursor, int? limit, CancellationToken cancellationToken)
    {
        var (size, after) = (PageLimit.Of(limit), IdCursor<User>.After(cursor));
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var all = db.Set<User>().Where(user => string.Compare(user.Id, after) > 0).OrderBy(user => user.Id);
        var users = await db.ReadableAsync(all.Take, size + 1, cancellationToken);
        var ids = users.Select(user => user.Id).ToList();
        var ofUsers = db.Set<Membership>().Where(row => ids.Contains(row.UserId)).OrderBy(row => row.UserId).ThenBy(row => row.AccountId);
        var memberships = (await db.ReadableAsync(ofUsers, cancellationToken))
            .ToLookup(row => row.UserId, row => row.AccountId);
        return TypedResults.Ok(Page.Of(users, size, user => UserView.Of(user, memberships[user.Id]), user => new IdCursor<User>(user.Id)));
    }
}
