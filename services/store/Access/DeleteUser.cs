using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary><c>DELETE /api/v1/users/{id}</c>: with their memberships, sessions and keys. The last admin stays.</summary>
internal static class DeleteUser
{
    public static void MapDeleteUser(this IEndpointRouteBuilder routes) => routes.MapDelete("{id}", HandleAsync)
        .Needs(Scopes.Manage)
        .WithSummary("Delete a user, with sessions and keys.")
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string id, IUnitOfWork<StoreDbContext> unitOfWork, AccessChanges changes, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(scope => DeleteAsync(scope, id, changes), cancellationToken);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        WorkScope<StoreDbContext> scope, string id, AccessChanges changes)
    {
        var db = scope.Db;
        // Two admins who delete each other at once would otherwise both still count the other.
        var admins = await db.Set<User>().Where(user => user.Role == UserRole.Admin).LockAsync();
        if (await db.Set<User>().AsNoTracking().SingleOrDefaultAsync(user => user.Id == id) is not { } user)
            return Problems.NotFound("user");
        if (user.Role == UserRole.Admin && admins == 1)
            return Problems.Of(
                StatusCodes.Status409Conflict, "last_admin", "The last admin cannot be deleted: nobody could manage users any more.");

        await db.Set<Session>().Where(row => row.UserId == id).ExecuteDeleteAsync();
        await db.Set<Membership>().Where(row => row.UserId == id).ExecuteDeleteAsync();
        await db.Set<ApiKeyAccount>().Where(row => db.Set<ApiKey>().Any(key => key.Id == row.KeyId && key.UserId == id))
            .ExecuteDeleteAsync();
        await db.Set<ApiKey>().Where(row => row.UserId == id).ExecuteDeleteAsync();
        await db.Set<User>().Where(row => row.Id == id).ExecuteDeleteAsync();
        scope.AfterCommit(changes.Announce);
        return TypedResults.NoContent();
    }
}
