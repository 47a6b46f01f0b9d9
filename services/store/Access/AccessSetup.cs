using InstaMessenger.Contracts.Commands;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
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
        services.AddSharedSignal<AccessChanges>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<SessionTokens>();
        services.AddSingleton<SignIn>();
        services.AddSingleton<ChangePassword>();
        services.AddWorker<SignInSweep>();
        services.AddMessageHandler<StoreDbContext, CheckReach, ReachAnswers>("store.check-reach");
        services.AddHostedService<BootstrapAdmin>();
        // Every service asks the store over HTTP. The store, and so the standalone process, knows by itself.
        services.Replace(ServiceDescriptor.Singleton<ICallerSource, StoreCallerSource>());
    }

    public static void MapAccess(this WebApplication app)
    {
        var sessions = app.MapGroup("/ui/session").NeedsNoCredential().WithTags("Sessions");
        SignIn.Map(sessions);
        sessions.MapSignOut();
        app.MapShowSession();
        app.MapWhoAmI();

        var users = app.MapGroup("/api/v1/users").RequireAuthorization(CallerAuthenticationSetup.Admin).WithTags("Users");
        users.MapListUsers();
        users.MapShowUser();
        users.MapCreateUser();
        users.MapChangeUser();
        users.MapDeleteUser();
        users.MapUserAccounts();
        // Everybody changes their own.
        ChangePassword.Map(app.MapGroup("/api/v1/users").WithTags("Users"));

        var keys = app.MapGroup("/api/v1/api-keys").WithTags("API keys");
        keys.MapListApiKeys();
        keys.MapCreateApiKey();
        keys.MapRevokeApiKey();
    }
}
