using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary>The body of <c>POST /api/v1/users/{id}/password</c>.</summary>
/// <param name="NewPassword">8 to 256 characters.</param>
/// <param name="OldPassword">The password until now: needed for one's own, and for nobody else's.</param>
internal sealed record PasswordChange(string? NewPassword, string? OldPassword = null)
{
    /// <summary>Leaves the passwords out, wherever the record is printed.</summary>
    public override string ToString() => nameof(PasswordChange);
}

/// <summary>
/// <c>POST /api/v1/users/{id}/password</c>: one's own with the old one, or an admin somebody else's. All other sessions of the user end at
/// once; keys stay, since they are none of the password's.
/// </summary>
internal sealed class ChangePassword(
    IDbContextFactory<StoreDbContext> factory,
    IUnitOfWork<StoreDbContext> unitOfWork,
    Passwords passwords,
    SignInThrottle throttle,
    SessionTokens tokens,
    AccessChanges changes)
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("{id}/password", PostAsync)
        .Needs(Scopes.Manage)
        .Idempotent<StoreDbContext>()
        .Audited(AuditActions.UserPasswordChanged)
        .Refuses(StatusCodes.Status403Forbidden, "session_needed", "wrong_password", "key_scoped", "key_expires", "scope_exceeded")
        .WithSummary("Change your own password, or as an admin somebody else's. All other sessions of the user end.")
        .WithDescription(
            "For your own, sign in and give old_password; wrong ones count like failed sign-ins, and too many are 429. An admin gives "
            + "new_password alone for somebody else.")
        .Refuses(StatusCodes.Status409Conflict, "password_changed")
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
        .ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static Task<Results<NoContent, ProblemHttpResult>> PostAsync(
        string id,
        PasswordChange request,
        HttpContext context,
        Caller caller,
        AuditTrail audit,
        KeyedRequest keyed,
        ChangePassword change,
        CancellationToken cancellationToken) => change.HandleAsync(id, request, context, caller, audit, keyed, cancellationToken);

    private async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string id,
        PasswordChange request,
        HttpContext context,
        Caller caller,
        AuditTrail audit,
        KeyedRequest keyed,
        CancellationToken cancellationToken)
    {
        var isOwn = caller.UserId == id;
        // Nobody else is told who there is.
        if (!isOwn && !caller.IsAdmin) return Problems.NotFound("user");
        if (isOwn && caller.Kind != CallerKind.User)
            return Problems.Of(StatusCodes.Status403Forbidden, "session_needed", "A key does not change its owner's password: sign in.");
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        if (await db.Set<User>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } user)
            return Problems.NotFound("user");
        var faults = new List<(string, string)>();
        if (Passwords.Fault(user.Username, request.NewPassword) is { } fault) faults.Add(("new_password", fault));
        if (isOwn && request.OldPassword is null) faults.Add(("old_password", "It is needed for your own password."));
        if (!isOwn && request.OldPassword is not null) faults.Add(("old_password", "It is for your own password alone."));
        if (faults.Count > 0) return Problems.Invalid([.. faults]);
        var address = ClientAddress.Of(context);
        if (isOwn && await RefusalAsync(context, user, request.OldPassword!, address, cancellationToken) is { } refusal) return refusal;

        var (hash, kept) = (passwords.Hash(request.NewPassword!), isOwn ? await SessionOfAsync(context.Request) : null);
        return await unitOfWork.ExecuteAsync(
            scope => ChangeAsync(scope, caller, user, hash, kept, isOwn ? address : null, audit, keyed), cancellationToken);
    }

    /// <summary>Checks the old password as a sign-in does, and counts it as one; null when it is right.</summary>
    private async Task<ProblemHttpResult?> RefusalAsync(
        HttpContext context, User user, string password, string address, CancellationToken cancellationToken)
    {
        if (await throttle.BeginAsync(user.Username, address, cancellationToken) is { } wait)
            return SignIn.TryLater(context, wait, "Too many wrong passwords.");
        var right = await passwords.CheckAsync(user.PasswordHash, password, cancellationToken);
        if (right == true) return null;
        if (right == false)
            return Problems.Of(StatusCodes.Status403Forbidden, "wrong_password", "The old password is not right.");
        await throttle.WithdrawAsync(user.Username, address, CancellationToken.None);
        return SignIn.TryLater(context, TimeSpan.FromSeconds(5), "Too many people sign in just now.");
    }

    private async Task<Results<NoContent, ProblemHttpResult>> ChangeAsync(
        WorkScope<StoreDbContext> scope,
        Caller caller,
        User known,
        string hash,
        string? keptSession,
        string? provenFrom,
        AuditTrail audit,
        KeyedRequest keyed)
    {
        var db = scope.Db;
        // Held to the end: whoever signs in with the old password meanwhile waits, and then finds another one.
        if (await db.Set<User>().Where(row => row.Id == known.Id).LockAsync() == 0) return Problems.NotFound("user");
        if (await EffectiveAccess.AgainAsync(db, caller) is not { } current || (current.UserId != known.Id && !current.IsAdmin))
            return Problems.Of(StatusCodes.Status401Unauthorized, "unauthorized");
        // A new password is worth what the user is worth, for good.
        if (await Delegation.FaultAsync(db, caller, Scopes.All, until: null) is { } fault) return fault;
        var user = await db.Set<User>().SingleAsync(row => row.Id == known.Id);
        if (user.PasswordHash != known.PasswordHash)
            return Problems.Of(StatusCodes.Status409Conflict, "password_changed", "Somebody else has just changed this password.");
        if (provenFrom is not null) await throttle.SucceededAsync(db, user.Username, provenFrom);
        user.PasswordHash = hash;
        await db.Set<Session>().Where(row => row.UserId == user.Id && row.Id != keptSession).ExecuteDeleteAsync();
        audit.Record(scope, user.Id, changes: new AuditChanges().WithSecret("password"));
        scope.AfterCommit(changes.Announce);
        return await keyed.KeepAsync(scope, TypedResults.NoContent());
    }

    private async Task<string?> SessionOfAsync(HttpRequest request) =>
        Credential.Of(request) is { } credential ? await tokens.ReadAsync(credential) : null;
}
