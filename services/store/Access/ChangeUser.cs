using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary>The body of <c>PATCH /api/v1/users/{id}</c>; members that are left out stay unchanged.</summary>
/// <param name="Username">A new name: 1 to 64 letters (a to z), digits, or any of . _ @ + -</param>
/// <param name="Role"><c>admin</c> or <c>agent</c>.</param>
/// <param name="Active">False ends all sessions at once, and the user's keys are refused until it is true again.</param>
internal sealed record ChangedUser(string? Username = null, string? Role = null, bool? Active = null);

/// <summary><c>PATCH /api/v1/users/{id}</c>. The last admin stays one, and active: nobody could manage users any more.</summary>
internal static class ChangeUser
{
    public static void MapChangeUser(this IEndpointRouteBuilder routes) => routes.MapPatch("{id}", HandleAsync)
        .Needs(Scopes.Manage)
        .Audited(AuditActions.UserChanged)
        .WithETag()
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .Refuses(StatusCodes.Status403Forbidden, "key_scoped", "key_expires", "scope_exceeded")
        .WithSummary("Rename a user, change the role, or deactivate or activate them.")
        .Refuses(StatusCodes.Status409Conflict, "username_taken", "last_admin")
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<Ok<UserView>, ProblemHttpResult>> HandleAsync(
        string id,
        ChangedUser request,
        Caller caller,
        AuditTrail audit,
        IfMatch match,
        IUnitOfWork<StoreDbContext> unitOfWork,
        AccessChanges changes,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        UserRole? role = request.Role switch { "admin" => UserRole.Admin, "agent" => UserRole.Agent, _ => null };
        var faults = new List<(string, string)>();
        if (request.Username is { } name && Usernames.Fault(name) is { } fault) faults.Add(("username", fault));
        if (request.Role is not null && role is null) faults.Add(("role", "The role is admin or agent."));
        if (faults.Count > 0) return Problems.Invalid([.. faults]);
        var change = new Change(request.Username, role, request.Active, clock.GetUtcNow());
        return await unitOfWork.ExecuteAsync(
            scope => ChangeAsync(scope, caller, id, change, audit, match, changes), cancellationToken);
    }

    private static async Task<Results<Ok<UserView>, ProblemHttpResult>> ChangeAsync(
        WorkScope<StoreDbContext> scope,
        Caller caller,
        string id,
        Change change,
        AuditTrail audit,
        IfMatch match,
        AccessChanges changes)
    {
        var db = scope.Db;
        // Two admins who deactivate each other at once would otherwise both still count the other.
        var admins = await db.Set<User>().Where(row => row.Role == UserRole.Admin && row.DeactivatedAt == null).LockAsync();
        if (await EffectiveAccess.AgainAsync(db, caller) is not { IsAdmin: true })
            return Problems.Of(StatusCodes.Status401Unauthorized, "unauthorized");
        if (await Delegation.FaultAsync(db, caller, Scopes.All, until: null) is { } fault) return fault;
        if (await db.Set<User>().SingleOrDefaultAsync(row => row.Id == id) is not { } user) return Problems.NotFound("user");
        var accounts = await ShowUser.AccountsOfAsync(db, id);
        var before = UserView.Of(user, accounts);
        if (match.Fault(before) is { } stale) return stale;
        var isLast = admins == 1 && user is { Role: UserRole.Admin, IsActive: true };
        if (change.Username is { } username && await CreateUser.TakenAsync(db, username, id) is { } taken) return taken;
        if (isLast && (change.Role == UserRole.Agent || change.Active == false)) return LastAdmin("They stay one, and active");

        if (change.Username is not null) user.Rename(change.Username);
        user.Role = change.Role ?? user.Role;
        if (change.Active is { } active) user.DeactivatedAt = active ? null : user.DeactivatedAt ?? change.At;
        if (!user.IsActive) await db.Set<Session>().Where(row => row.UserId == id).ExecuteDeleteAsync();
        var after = UserView.Of(user, accounts);
        audit.Record(scope, id, changes: AuditChanges.Of(before, after));
        scope.AfterCommit(changes.Announce);
        return TypedResults.Ok(after);
    }

    /// <summary>What is told who would leave nobody to manage users.</summary>
    public static ProblemHttpResult LastAdmin(string what) => Problems.Of(
        StatusCodes.Status409Conflict, "last_admin", $"This is the last admin. {what}: nobody could manage users any more.");

    private sealed record Change(string? Username, UserRole? Role, bool? Active, DateTimeOffset At);
}
