using InstaMessenger.CrmForwarder;
using InstaMessenger.Hosting;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Ingress;
using InstaMessenger.Sender;
using InstaMessenger.Store;
using InstaMessenger.UiGateway;

namespace InstaMessenger.Standalone;

/// <summary>All services in one process: the sum of them and nothing of its own.</summary>
public static class StandaloneHost
{
    /// <summary>Builds the host, ready to be started.</summary>
    /// <param name="args">Configuration from the command line, like <c>--Data:Directory=/var/lib/instamessenger</c>.</param>
    /// <returns>The host.</returns>
    public static WebApplication Build(string[] args)
    {
        var builder = ServiceDefaults.CreateBuilder(args, "standalone", defaultPort: 8080);
        builder.AddOnlyProcess("Store", "Sender", "CrmForwarder");
        builder.AddIngress();
        builder.AddStore();
        builder.AddSender();
        builder.AddCrmForwarder();
        builder.AddUiGateway();
        builder.AddBus();

        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapIngress();
        app.MapStore();
        app.MapSender();
        app.MapCrmForwarder();
        app.MapUiGateway();
        return app;
    }
}
