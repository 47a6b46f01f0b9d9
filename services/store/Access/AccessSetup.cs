using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace InstaMessenger.Store.Access;

/// <summary>Users, sessions, API keys and what they may see.</summary>
internal static class AccessSetup
{
    public static void AddAccess(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSection<JwtOptions>("Jwt");
        services.AddOptions<BootstrapOptions>().BindConfiguration("Bootstrap");
        services.AddSingleton<AccessChanges>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<SessionTokens>();
        services.AddSingleton<SignIn>();
        services.AddHostedService<BootstrapAdmin>();
        // Every service asks the store over HTTP; the store, and so the standalone process, is the one that knows.
        services.Replace(ServiceDescriptor.Singleton<ICallerSource, StoreCallerSource>());
    }

    public static void MapAccess(this WebApplication app)
    {
        var sessions = app.MapGroup("/ui/session").AllowAnonymous().WithTags("Sessions");
        sessions.MapPost("", SignIn.HandleAsync).WithSummary("Sign in with HTTP Basic; sets the session cookie too.").Produces<SignedIn>();
        sessions.MapDelete("", SignOut.HandleAsync).WithSummary("Sign out: the token is refused from then on.");

        app.MapGet("/api/v1/me", (Caller caller) => CallerDescription.Of(caller)).WithTags("Sessions").WithSummary("Whom the presented credential belongs to.");

        var users = app.MapGroup("/api/v1/users").RequireAuthorization(CallerAuthenticationSetup.Admin).WithTags("Users");
        users.MapGet("", ListUsers.HandleAsync).WithSummary("Users, oldest first.");
        users.MapPost("", CreateUser.HandleAsync).WithSummary("Add a user.").Produces<UserView>(StatusCodes.Status201Created);
        users.MapDelete("{id}", DeleteUser.HandleAsync).WithSummary("Delete a user, with sessions and keys.");
        users.MapPost("{id}/accounts", UserAccounts.AddAsync).WithSummary("Let an agent see accounts.").Produces<UserView>();
        users.MapDelete("{id}/accounts/{accountId}", UserAccounts.RemoveAsync).WithSummary("Take an account from an agent.");

        var keys = app.MapGroup("/api/v1/api-keys").WithTags("API keys");
        keys.MapGet("", ListApiKeys.HandleAsync).WithSummary("Your API keys (an admin's: all), oldest first.").Produces<Page<ApiKeyView>>();
        keys.MapPost("", CreateApiKey.HandleAsync).WithSummary("Make an API key; it is shown this once.").Produces<ApiKeyView>(StatusCodes.Status201Created);
        keys.MapDelete("{id}", RevokeApiKey.HandleAsync).WithSummary("Revoke an API key.");
    }
}
