using InstaMessenger.Hosting;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.Sender;

return await ServiceProcess.RunAsync(() =>
{
    var builder = ServiceDefaults.CreateBuilder(args, "sender", defaultPort: 8083);
    builder.AddOnlyProcess("Sender");
    builder.AddSender();
    builder.AddBus();

    var app = builder.Build();
    app.UseServiceDefaults();
    app.MapSender();
    return app;
});
