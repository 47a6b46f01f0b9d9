using InstaMessenger.UiGateway.Edge;
using InstaMessenger.UiGateway.Welcome;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace InstaMessenger.UiGateway;

/// <summary>
/// The edge: what stands between the internet and the endpoints, wherever those are. Standalone has them in its own process; the gateway's
/// own process passes requests on to theirs (<see cref="Proxy.ProxySetup"/>).
/// </summary>
public static class UiGatewaySetup
{
    /// <summary>A client gets this long for its request headers, and then must send at least 1 KiB/s of body.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Adds rate limits (section <c>RateLimits</c>), security headers, size limits and Kestrel's limits. They are in front of everything else,
    /// authentication included, whenever the services are mapped.
    /// </summary>
    /// <param name="builder">The host.</param>
    public static void AddUiGateway(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.RequestHeadersTimeout = Patience;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: Patience);
        });
        builder.AddRateLimits();
        builder.Services.AddTransient<IStartupFilter, EdgePipeline>();
    }

    /// <summary>Maps the page at <c>/</c>.</summary>
    /// <param name="app">The application.</param>
    public static void MapUiGateway(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapWelcome();
    }
}
