using InstaMessenger.Hosting;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.UiGateway;
using InstaMessenger.UiGateway.Proxy;

return await ServiceProcess.RunAsync(() =>
{
    var builder = ServiceDefaults.CreateBuilder(args, "ui-gateway", defaultPort: 8080);
    builder.AddUiGateway();
    builder.AddProxy();

    var app = builder.Build();
    app.UseServiceDefaults();
    app.MapUiGateway();
    app.MapProxy();
    return app;
});
