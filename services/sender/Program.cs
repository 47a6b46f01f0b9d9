using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Sender;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("sender", 8083);
builder.AddSender();
builder.AddBus();

var app = builder.Build();
app.UseServiceDefaults();
app.MapSender();
await app.RunAsync();
