namespace InstaMessenger.Store.Callbacks;

/// <summary>What Meta tells of the owners of accounts.</summary>
internal static class CallbacksSetup
{
    public static void AddCallbacks(this IServiceCollection services) => services.AddSingleton<MetaCallbacks>();

    public static void MapCallbacks(this WebApplication app)
    {
        MetaCallbacks.Map(app);
        app.MapDeletionStatus();
    }
}
