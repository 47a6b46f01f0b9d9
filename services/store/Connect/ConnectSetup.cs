using InstaMessenger.Hosting.Settings;

namespace InstaMessenger.Store.Connect;

/// <summary>Connecting accounts by Meta's login.</summary>
internal static class ConnectSetup
{
    public static void AddConnect(this IServiceCollection services)
    {
        services.AddSection<ConnectOptions>("Instagram");
        services.AddSingleton<FinishConnect>();
    }

    public static void MapConnect(this WebApplication app)
    {
        var group = app.MapGroup("/oauth/instagram").WithTags("Accounts");
        group.MapBeginConnect();
        FinishConnect.Map(group);
    }
}
