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
        // An anonymous endpoint needs no caller. Looking for one would have the gateway ask the store twice for each request it passes on,
        // and strangers at ingress's public door could make it ask the store at all.
        if (Context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null) return AuthenticateResult.NoResult();
        if (Credential.Of(Request) is not { } credential) return AuthenticateResult.NoResult();
        if (await callers.FindAsync(credential, Context.RequestAborted) is not { } caller)
            return AuthenticateResult.Fail("unknown credential");

        Context.Features.Set(caller);
        // The answer is for this caller alone; an endpoint that knows better says so itself.
        Response.Headers.CacheControl = "no-store";
        var identity = new ClaimsIdentity(Scheme.Name);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, caller.Id));
        if (caller.IsAdmin) identity.AddClaim(new Claim(ClaimTypes.Role, CallerAuthenticationSetup.Admin));
        foreach (var scope in EndpointScope.Words(caller.Scopes)) identity.AddClaim(new Claim(CallerAuthenticationSetup.ScopeClaim, scope));
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        Problems.Of(StatusCodes.Status401Unauthorized, "unauthorized").ExecuteAsync(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var (needed, caller) = (Context.GetEndpoint()?.Metadata.GetMetadata<EndpointScope>(), Context.Features.Get<Caller>());
        return needed is { AnyOf: not Scopes.None } && caller is not null && (caller.Scopes & needed.AnyOf) == Scopes.None
            ? Problems.Of(StatusCodes.Status403Forbidden, "scope_missing", $"This API key has not the scope {needed.Policy}.")
                .ExecuteAsync(Context)
            : Problems.Of(StatusCodes.Status403Forbidden, "forbidden", "This credential may not do that.").ExecuteAsync(Context);
    }
}

/// <summary>Sets up authentication: every endpoint needs a caller unless it says otherwise.</summary>
public static class CallerAuthenticationSetup
{
    /// <summary>The policy (and role) of endpoints that only admins may call.</summary>
    public const string Admin = "admin";

    internal const string ScopeClaim = "scope";

    internal static void AddCallerAuthentication(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddAuthentication("caller").AddScheme<AuthenticationSchemeOptions, CallerAuthentication>("caller", null);
        var authorization = services.AddAuthorizationBuilder()
            // Default deny: an endpoint that forgets to say who may call it needs a caller who may do everything.
            .SetFallbackPolicy(
                new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireClaim(ScopeClaim, EndpointScope.Words(Scopes.Manage))
                    .Build())
            .AddPolicy(Admin, policy => policy.RequireRole(Admin))
            .AddPolicy(EndpointScope.AnyCredential, policy => policy.RequireAuthenticatedUser());
        for (var anyOf = Scopes.None + 1; anyOf <= Scopes.All; anyOf++)
        {
            var words = EndpointScope.Words(anyOf).ToArray();
            authorization.AddPolicy(new EndpointScope(anyOf).Policy, policy => policy.RequireClaim(ScopeClaim, words));
        }

        services.AddHttpClient<RemoteCallerSource>(http => http.Timeout = Timeout.InfiniteTimeSpan)
            // What a redirect leads to is not the store, and neither is a proxy that the environment names.
            .ConfigurePrimaryHttpMessageHandler(
                () => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });
        services.TryAddSingleton<ICallerSource>(provider => provider.GetRequiredService<RemoteCallerSource>());
    }
}
