using InstaMessenger.Hosting.Http;
using InstaMessenger.UiGateway;
using InstaMessenger.UiGateway.Proxy;

var builder = ServiceDefaults.CreateBuilder(args, "ui-gateway", defaultPort: 8080);
builder.AddUiGateway();
builder.AddProxy();

var app = builder.Build();
app.UseServiceDefaults();
app.MapUiGateway();
app.MapProxy();
app.Run();
