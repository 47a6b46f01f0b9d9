using InstaMessenger.Hosting;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.Store;

return await ServiceProcess.RunAsync(() =>
{
    var builder = ServiceDefaults.CreateBuilder(args, "store", defaultPort: 8082);
    builder.AddOnlyProcess("Store");
    builder.AddStore();
    builder.AddBus();

    var app = builder.Build();
    app.UseServiceDefaults();
    app.MapStore();
    return app;
});
