using InstaMessenger.Hosting;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.Ingress;

return await ServiceProcess.RunAsync(() =>
{
    var builder = ServiceDefaults.CreateBuilder(args, "ingress", defaultPort: 8081);
    builder.AddIngress();
    builder.AddBus();

    var app = builder.Build();
    app.UseServiceDefaults();
    app.MapIngress();
    return app;
});
