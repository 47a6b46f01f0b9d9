using InstaMessenger.CrmForwarder;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Http;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("crm-forwarder", 8084);
builder.AddCrmForwarder();
builder.AddBus();

var app = builder.Build();
app.UseServiceDefaults();
app.MapCrmForwarder();
await app.RunAsync();
