using InstaMessenger.Simulator.Control;
using InstaMessenger.Simulator.Crm;
using InstaMessenger.Simulator.Meta;
using InstaMessenger.Simulator.Meta.Graph;
using InstaMessenger.Simulator.Meta.Login;
using InstaMessenger.Simulator.Page;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace InstaMessenger.Simulator;

/// <summary>A running simulator: a real web server, whether in a process of its own or inside a test.</summary>
public sealed class SimulatorHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Background _background;
    private bool _disposed;

    private SimulatorHost(WebApplication app, Background background, MetaStandIn meta, CrmStandIn crm)
    {
        _app = app;
        _background = background;
        Meta = meta;
        Crm = crm;
    }

    /// <summary>Where it listens, with the port that was taken and a trailing slash.</summary>
    public Uri BaseAddress => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>The simulated Meta.</summary>
    public MetaStandIn Meta { get; }

    /// <summary>The simulated CRMs.</summary>
    public CrmStandIn Crm { get; }

    /// <summary>Starts and listens.</summary>
    public static async Task<SimulatorHost> StartAsync(SimulatorOptions? options = null)
    {
        options ??= new();
        var background = new Background();
        var feed = new LiveFeed();
        var meta = new MetaStandIn(options, background, feed);
        var crm = new CrmStandIn(options, background, feed);

        // An empty builder: inside a test, neither its settings nor its environment may leak into the witness.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(options.Url).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
        builder.Services.AddRoutingCore();
        builder.Services.ConfigureHttpJsonOptions(json => SimulatorJson.Configure(json.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);

        var app = builder.Build();
        app.RefuseStrangeRequests(options);
        app.UseExplanations();
        app.MapGraph(meta);
        app.MapLogin(meta);
        app.MapCrm(crm);
        app.MapControl(meta, crm, background);
        app.MapPage(feed, background.Stopping);
        app.MapInboxLink(options.Inbox);
        app.MapGet("/cdn/{name}", (HttpContext http, string name) => meta.Cdn.ServeAsync(http, name));
        // Held answers and open streams would otherwise keep the server from stopping.
        app.Lifetime.ApplicationStopping.Register(background.Stop);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        return new SimulatorHost(app, background, meta, crm);
    }

    /// <summary>Returns when the process is told to stop.</summary>
    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // A test that stops the simulator half-way also leaves its "await using".
        if (_disposed) return;
        _disposed = true;
        await _app.StopAsync();
        await _background.DisposeAsync();
        await _app.DisposeAsync();
        Meta.Dispose();
        Crm.Dispose();
    }
}
