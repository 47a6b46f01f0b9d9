using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Store.Connect;

/// <summary>The body of <c>POST /oauth/instagram/init</c>.</summary>
/// <param name="LoginType"><c>instagram</c> (default) or <c>facebook</c>.</param>
/// <param name="ReturnTo">Where the browser goes in the end: a path, or an address of this site; default the inbox.</param>
/// <param name="AppId">One of the configured Meta apps; default the first that offers the login.</param>
internal sealed record BeginConnectRequest(string? LoginType = null, string? ReturnTo = null, string? AppId = null);

/// <summary>Where to send the browser.</summary>
/// <param name="AuthorizeUrl">Meta's login page.</param>
/// <param name="ExpiresAt">Until when it must have come back (UTC).</param>
internal sealed record BegunConnect(Uri AuthorizeUrl, DateTimeOffset ExpiresAt);

/// <summary><c>POST /oauth/instagram/init</c>: begins to connect an account by Meta's login.</summary>
internal static class BeginConnect
{
    /// <summary>
    /// Lax, because the browser comes back from Meta's site, where the strict cookie of the session does not go along. It proves nothing
    /// but that this is the browser which began.
    /// </summary>
    public const string Cookie = "im_connect";

    public static void MapBeginConnect(this IEndpointRouteBuilder routes) => routes.MapPost("/init", HandleAsync)
        .Needs(Scopes.Manage)
        .Audited(AuditActions.ConnectBegun)
        .WithSummary("Begin to connect an account: where to send the browser of the account's owner. Good for ten minutes and for once.")
        .Refuses(StatusCodes.Status409Conflict, "public_address_missing", "login_not_configured")
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<Ok<BegunConnect>, ProblemHttpResult>> HandleAsync(
        BeginConnectRequest request,
        HttpContext context,
        Caller caller,
        AuditTrail audit,
        IUnitOfWork<StoreDbContext> unitOfWork,
        IOptions<ConnectOptions> options,
        IOptions<PublicOptions> address,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        LoginType? login = request.LoginType switch
        {
            null or "instagram" => LoginType.Instagram,
            "facebook" => LoginType.Facebook,
            _ => null,
        };
        if (login is not { } known) return Problems.Invalid(("login_type", "It is instagram or facebook."));
        if (address.Value.BaseUrl is not { } home) return Problems.Of(
            StatusCodes.Status409Conflict,
            "public_address_missing",
            "Public:BaseUrl is not set, so Meta cannot send anybody back. Set it.");
        if (options.Value.Find(known, request.AppId) is not { } app)
            return request.AppId is null
                ? Problems.Of(
                    StatusCodes.Status409Conflict,
                    "login_not_configured",
                    "No Meta app offers this login: see Instagram:Apps, and docs/connect.md.")
                : Problems.Invalid(("app_id", "No configured Meta app has this id and offers this login."));
        if (ReturnAddress.Read(request.ReturnTo, home) is not { } returnTo)
            return Problems.Invalid(("return_to", "It is a path, or an address of this site, of at most 500 characters."));

        var word = ConnectState.NewWord();
        var browserWord = context.Request.Headers.Authorization.Count == 0 ? ConnectState.NewWord() : null;
        var now = clock.GetUtcNow();
        var state = ConnectState.Of(word, caller, browserWord, known, app.AppId, returnTo, now);
        await unitOfWork.ExecuteAsync(
            async scope =>
            {
                await scope.Db.Set<ConnectState>().Where(row => row.ExpiresAt < now).ExecuteDeleteAsync();
                scope.Db.Add(state);
                audit.Record(scope, app.AppId, changes: new AuditChanges().With("login_type", null, known));
            },
            cancellationToken);
        if (browserWord is not null) context.Response.Cookies.Append(Cookie, browserWord, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = home.Scheme == Uri.UriSchemeHttps,
            Path = "/oauth",
            MaxAge = ConnectState.Lifetime,
        });
        return TypedResults.Ok(
            new BegunConnect(options.Value.AuthorizeUrl(known, app, RedirectUriOf(home), word), state.ExpiresAt));
    }

    /// <summary>Where Meta sends the browser back to; it is registered in Meta's dashboard to the letter.</summary>
    public static string RedirectUriOf(Uri home) => home.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/oauth/instagram/callback";
}
