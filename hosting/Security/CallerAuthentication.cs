using System.Security.Claims;
using System.Text.Encodings.Web;
using InstaMessenger.Hosting.Http;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Hosting.Security;

/// <summary>Authenticates <c>Authorization: Bearer</c> (session token or API key), or a browser's session cookie.</summary>
internal sealed class CallerAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ICallerSource callers)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (CallerAuthenticationSetup.CredentialOf(Request) is not { } credential) return AuthenticateResult.NoResult();
        if (await callers.FindAsync(credential, Context.RequestAborted) is not { } caller) return AuthenticateResult.Fail("unknown credential");

        Context.Features.Set(caller);
        var identity = new ClaimsIdentity(Scheme.Name);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, caller.Id));
        if (caller.IsAdmin) identity.AddClaim(new Claim(ClaimTypes.Role, CallerAuthenticationSetup.Admin));
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        Problems.Of(StatusCodes.Status401Unauthorized, "unauthorized").ExecuteAsync(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Problems.Of(StatusCodes.Status403Forbidden, "forbidden", "This credential may not do that.").ExecuteAsync(Context);
}

/// <summary>Sets up authentication: every endpoint needs a caller unless it says otherwise.</summary>
public static class CallerAuthenticationSetup
{
    /// <summary>The cookie of a browser's session.</summary>
    public const string SessionCookie = "im_session";

    /// <summary>The policy (and role) of endpoints that only admins may call.</summary>
    public const string Admin = "admin";

    private const string Bearer = "Bearer ";

    /// <summary>The session token or API key of a request: the bearer token, or the session cookie when there is no such header.</summary>
    /// <param name="request">Any request.</param>
    /// <returns>The credential as it came; null for none.</returns>
    public static string? CredentialOf(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var header = request.Headers.Authorization.ToString();
        var credential = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? header[Bearer.Length..].Trim()
            : header.Length == 0 ? request.Cookies[SessionCookie] : null;
        return string.IsNullOrEmpty(credential) ? null : credential;
    }

    internal static void AddCallerAuthentication(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddAuthentication("caller").AddScheme<AuthenticationSchemeOptions, CallerAuthentication>("caller", null);
        services.AddAuthorizationBuilder()
            // Default deny: an endpoint that forgets to say who may call it needs a caller.
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
            .AddPolicy(Admin, policy => policy.RequireRole(Admin));
        services.AddHttpClient<RemoteCallerSource>();
        services.TryAddSingleton<ICallerSource>(provider => provider.GetRequiredService<RemoteCallerSource>());
    }
}
