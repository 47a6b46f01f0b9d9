using InstaMessenger.UiGateway.Edge;
using InstaMessenger.UiGateway.Inbox;

namespace InstaMessenger.UiGateway;

/// <summary>
/// The edge: what stands between the internet and the endpoints, wherever those are. Standalone has them in its own process; the gateway's
/// own process passes requests on to theirs (<see cref="Proxy.ProxySetup"/>).
/// </summary>
public static class UiGatewaySetup
{
    /// <summary>
    /// Adds rate limits (section <c>RateLimits</c>), security headers, size limits and compression. They are in front of everything else,
    /// authentication included, whenever the services are mapped.
    /// </summary>
    public static void AddUiGateway(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddRateLimits();
        builder.AddCompression();
        builder.Services.AddTransient<IStartupFilter, EdgePipeline>();
    }

    /// <summary>Maps the inbox, at <c>/</c>.</summary>
    public static void MapUiGateway(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapInbox();
    }
}
