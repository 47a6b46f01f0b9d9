using InstaMessenger.Hosting.Audit;
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
        .Audited(AuditActions.UserDeleted)
        .WithSummary("Delete a user, with sessions and keys.")
        .Refuses(StatusCodes.Status409Conflict, "last_admin");

    private static Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string id,
        Caller caller,
        AuditTrail audit,
        IUnitOfWork<StoreDbContext> unitOfWork,
        AccessChanges changes,
        CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(scope => DeleteAsync(scope, caller, id, audit, changes), cancellationToken);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        WorkScope<StoreDbContext> scope, Caller caller, string id, AuditTrail audit, AccessChanges changes)
    {
        var db = scope.Db;
        // Two admins who delete each other at once would otherwise both still count the other.
        var admins = await db.Set<User>().Where(user => user.Role == UserRole.Admin && user.DeactivatedAt == null).LockAsync();
        if (await EffectiveAccess.AgainAsync(db, caller) is not { IsAdmin: true })
            return Problems.Of(StatusCodes.Status401Unauthorized, "unauthorized");
        if (await db.Set<User>().AsNoTracking().SingleOrDefaultAsync(user => user.Id == id) is not { } user)
            return Problems.NotFound("user");
        if (user is { Role: UserRole.Admin, IsActive: true } && admins == 1) return ChangeUser.LastAdmin("They cannot be deleted");

        audit.Record(
            scope, id, changes: AuditChanges.Of(UserView.Of(user, await ShowUser.AccountsOfAsync(db, id)), null));
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
