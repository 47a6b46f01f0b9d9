using InstaMessenger.UiGateway;
using InstaMessenger.UiGateway.Proxy;

namespace InstaMessenger.Tests.UiGateway;

/// <summary>The gateway on a free port; with <see cref="Upstream"/> behind it when one is given.</summary>
internal static class GatewayHost
{
    public static Task<ServiceUnderTest> StartAsync(TemporaryFolder folder, Upstream? upstream = null, params string[] settings) =>
        ServiceUnderTest.StartAsync(
            folder.Path,
            builder =>
            {
                builder.AddUiGateway();
                builder.AddProxy();
            },
            app =>
            {
                app.MapUiGateway();
                app.MapProxy();
            },
            [.. upstream?.Settings ?? [], .. settings]);
}
