using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Store.Access;

/// <summary><c>POST /ui/session</c>: password in (HTTP Basic), session token and cookie out.</summary>
internal sealed partial class SignIn(
    IDbContextFactory<StoreDbContext> factory,
    IUnitOfWork<StoreDbContext> unitOfWork,
    Passwords passwords,
    SignInThrottle throttle,
    SessionTokens tokens,
    IOptions<JwtOptions> options,
    TimeProvider clock,
    ILogger<SignIn> logger)
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("", PostAsync)
        .WithSummary("Sign in with HTTP Basic; sets the session cookie too.")
        .ProducesProblem(StatusCodes.Status401Unauthorized)
        .ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static Task<Results<Ok<SignedIn>, ProblemHttpResult>> PostAsync(
        HttpContext context, SignIn signIn, CancellationToken cancellationToken) =>
        signIn.HandleAsync(context, cancellationToken);

    private async Task<Results<Ok<SignedIn>, ProblemHttpResult>> HandleAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (BasicCredential.Parse(context.Request.Headers.Authorization) is not { } given) return Refused();
        var address = ClientAddress.Of(context);
        if (await throttle.BeginAsync(given.Username, address, cancellationToken) is { } wait)
            return TryLater(context, wait, "Too many failed sign-ins.");

        var usernameKey = Usernames.KeyOf(given.Username);
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        // Only what could be a username is looked up: the database must not find a user by a name that the throttle counts as another one.
        var user = Usernames.Fault(given.Username) is null ? await db.Set<User>()
            .SingleOrDefaultAsync(row => row.UsernameKey == usernameKey, cancellationToken) : null;
        var right = await passwords.CheckAsync(user?.PasswordHash, given.Password, cancellationToken);
        if (right is null)
        {
            await throttle.WithdrawAsync(given.Username, address, CancellationToken.None);
            return TryLater(context, TimeSpan.FromSeconds(5), "Too many people sign in just now.");
        }

        // Somebody who is deactivated is told what a stranger is told, after as long.
        if (user is not { IsActive: true } || right is false)
        {
            // Only of people there are: their number and the throttle bound the lines, and made-up names would fill the disk. That somebody
            // was refused is in the log of problems.
            if (user is not null) LogRefused(logger, user.Id);
            return Refused();
        }

        if (await OpenAsync(user, given.Username, address, cancellationToken) is not { } session) return Refused();
        var token = tokens.Issue(session);
        context.Response.Cookies.Append(Credential.SessionCookie, token, SessionCookie.Options(context.Request, session.ExpiresAt));
        context.Response.Headers.CacheControl = "no-store";
        LogSignedIn(logger, user.Id);
        return TypedResults.Ok(new SignedIn(token, session.ExpiresAt, new SignedInUser(user.Id, user.Username, user.Role)));
    }

    /// <summary>Opens a session, unless the password was changed or the user deactivated since it was checked.</summary>
    private Task<Session?> OpenAsync(User user, string username, string address, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync<Session?>(
        async scope =>
        {
            var (userId, hash) = (user.Id, user.PasswordHash);
            // The row is held: a change that ends all sessions waits for this one, or this one sees the change.
            var same = await scope.Db.Set<User>()
                .Where(row => row.Id == userId && row.PasswordHash == hash && row.DeactivatedAt == null).LockAsync();
            if (same == 0) return null;
            await throttle.SucceededAsync(scope.Db, username, address);
            var now = clock.GetUtcNow();
            // Removed here, because this is where the rows come from; otherwise they would grow for ever.
            await scope.Db.Set<Session>().Where(old => old.UserId == userId && old.ExpiresAt < now).ExecuteDeleteAsync();
            // Whole seconds, because a token can say no more.
            var expiresAt = DateTimeOffset.FromUnixTimeSeconds(now.AddMinutes(options.Value.LifetimeMinutes).ToUnixTimeSeconds());
            var session = new Session { Id = AccessId.New("ses_", clock), UserId = userId, ExpiresAt = expiresAt };
            scope.Db.Add(session);
            return session;
        },
        cancellationToken);

    /// <summary>One answer for an unknown user, a wrong password and an unreadable header.</summary>
    private static ProblemHttpResult Refused() => Problems.Of(
        StatusCodes.Status401Unauthorized,
        "unauthorized",
        "Sign in with HTTP Basic (curl -u username): one of the two is wrong, or they are missing.");

    /// <summary>429 with the seconds to wait.</summary>
    public static ProblemHttpResult TryLater(HttpContext context, TimeSpan wait, string why)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString();
        return Problems.Of(StatusCodes.Status429TooManyRequests, "rate_limited", $"{why} Try again in {seconds} s.");
    }

    [LoggerMessage(EventName = "session.opened", Level = LogLevel.Information, Message = "{User} signed in")]
    private static partial void LogSignedIn(ILogger logger, string user);

    [LoggerMessage(EventName = "session.refused", Level = LogLevel.Warning, Message = "A sign-in as {User} was refused")]
    private static partial void LogRefused(ILogger logger, string user);
}

/// <summary>The answer to a sign-in.</summary>
internal sealed record SignedIn(string Token, DateTimeOffset ExpiresAt, SignedInUser User);

/// <summary>Who signed in.</summary>
internal sealed record SignedInUser(string Id, string Username, UserRole Role);
