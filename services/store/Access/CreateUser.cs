using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary>The body of <c>POST /api/v1/users</c>.</summary>
/// <param name="Username">1 to 64 letters (a to z), digits, or any of . _ @ + -</param>
/// <param name="Password">8 to 256 characters.</param>
/// <param name="Role"><c>admin</c> or <c>agent</c>.</param>
/// <param name="AccountIds">The accounts that an agent sees from the start.</param>
internal sealed record NewUser(string? Username, string? Password, string? Role, IReadOnlyList<string?>? AccountIds = null)
{
    /// <summary>Leaves the password out, wherever the record is printed.</summary>
    public override string ToString() => nameof(NewUser);
}

/// <summary><c>POST /api/v1/users</c>.</summary>
internal static class CreateUser
{
    public static void MapCreateUser(this IEndpointRouteBuilder routes) => routes.MapPost("", HandleAsync)
        .Needs(Scopes.Manage)
        .Idempotent<StoreDbContext>()
        .Audited(AuditActions.UserCreated)
        .WithETag()
        .Refuses(StatusCodes.Status403Forbidden, "key_scoped", "key_expires", "scope_exceeded")
        .WithSummary("Add a user.")
        .Refuses(StatusCodes.Status409Conflict, "username_taken")
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<Created<UserView>, ProblemHttpResult>> HandleAsync(
        NewUser request,
        Caller caller,
        AuditTrail audit,
        KeyedRequest keyed,
        IUnitOfWork<StoreDbContext> unitOfWork,
        Passwords passwords,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var accounts = AccountIds.Parse(request.AccountIds ?? [], out var accountsFault);
        UserRole? role = request.Role switch { "admin" => UserRole.Admin, "agent" => UserRole.Agent, _ => null };
        var faults = new List<(string, string)>();
        if (Usernames.Fault(request.Username) is { } usernameFault) faults.Add(("username", usernameFault));
        if (Passwords.Fault(request.Username, request.Password) is { } passwordFault) faults.Add(("password", passwordFault));
        if (role is null) faults.Add(("role", "The role is admin or agent."));
        if (accountsFault is not null) faults.Add(("account_ids", accountsFault));
        if (faults.Count > 0 || role is null || accounts is null) return Problems.Invalid([.. faults]);

        var hash = passwords.Hash(request.Password!);
        return await unitOfWork.ExecuteAsync(
            scope => CreateAsync(scope, caller, User.Create(request.Username!, hash, role.Value, clock), accounts, audit, keyed),
            cancellationToken);
    }

    /// <summary>What is told when another user has the name; null when none has.</summary>
    public static async Task<ProblemHttpResult?> TakenAsync(StoreDbContext db, string username, string? except = null)
    {
        var key = Usernames.KeyOf(username);
        return await db.Set<User>().AnyAsync(row => row.UsernameKey == key && row.Id != except)
            ? Problems.Of(
                StatusCodes.Status409Conflict, "username_taken", "There is a user of that name (upper and lower case are the same).")
            : null;
    }

    private static async Task<Results<Created<UserView>, ProblemHttpResult>> CreateAsync(
        WorkScope<StoreDbContext> scope,
        Caller caller,
        User user,
        IReadOnlyList<AccountId> accounts,
        AuditTrail audit,
        KeyedRequest keyed)
    {
        var db = scope.Db;
        // A user stays for good, and their session may do everything.
        if (await Delegation.FaultAsync(db, caller, Scopes.All, until: null) is { } fault) return fault;
        if (await TakenAsync(db, user.Username) is { } taken) return taken;
        if (await AccountIds.UnknownAsync(db, accounts) is [var unknown, ..])
            return Problems.Invalid(("account_ids", $"There is no account {unknown}."));
        db.Add(user);
        db.AddRange(accounts.Select(account => new Membership { UserId = user.Id, AccountId = account }));
        var view = UserView.Of(user, accounts);
        audit.Record(scope, user.Id, changes: AuditChanges.Of(null, view));
        return await keyed.KeepAsync(scope, TypedResults.Created($"/api/v1/users/{user.Id}", view));
    }
}
