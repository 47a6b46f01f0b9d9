using InstaMessenger.CrmForwarder;
using InstaMessenger.Hosting;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Settings;

return await ServiceProcess.RunAsync(() =>
{
    var builder = ServiceDefaults.CreateBuilder(args, "crm-forwarder", defaultPort: 8084);
    builder.AddOnlyProcess("CrmForwarder");
    builder.AddCrmForwarder();
    builder.AddBus();

    var app = builder.Build();
    app.UseServiceDefaults();
    app.MapCrmForwarder();
    return app;
});
