using System.Net;
using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Settings;
using Microsoft.Extensions.Options;
using Refit;

namespace InstaMessenger.Sender.Graph;

internal static class GraphSetup
{
    /// <summary>One Refit client for each login type, keyed by it: each Graph host refuses the tokens of the other.</summary>
    public static void AddGraph(this IServiceCollection services)
    {
        services.AddSection<GraphOptions>("Instagram");
        services.AddSingleton<GraphClient>();
        services.AddSingleton<LoginClient>();
        services.AddHttpClient(LoginClient.Name)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10), UseCookies = false,
            })
            // Codes and secrets stand in the addresses.
            .RemoveAllLoggers();
        services.AddTransient<RequestWatch.Handler>();
        foreach (var login in Enum.GetValues<LoginType>())
        {
            services.AddKeyedRefitGeneratedClient<IGraphApi>(
                login, new RefitSettings(new SystemTextJsonContentSerializer(GraphMessage.Json)))
                .ConfigureHttpClient((provider, client) =>
                {
                    client.BaseAddress = provider.GetRequiredService<IOptions<GraphOptions>>().Value.BaseOf(login);
                    // HTTP/2 may retry a stream that the server refused; 1.1 keeps the rule of RequestWatch the whole rule.
                    client.DefaultRequestVersion = HttpVersion.Version11;
                    client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
                    // GraphClient measures the time-out by the injected clock.
                    client.Timeout = Timeout.InfiniteTimeSpan;
                })
                .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
                {
                    // A redirected POST would be a second request under one claim.
                    AllowAutoRedirect = false,
                    ConnectTimeout = TimeSpan.FromSeconds(10),
                    // Short: a connection that the server closes just as we write to it turns a send into an unknown.
                    PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15),
                    PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                    UseCookies = false,
                })
                .AddHttpMessageHandler<RequestWatch.Handler>()
                // What matters is logged once per send, by Recorder.
                .RemoveAllLoggers();
        }
    }
}
