using InstaMessenger.Hosting.Http;
using InstaMessenger.UiGateway;
using InstaMessenger.UiGateway.Proxy;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("ui-gateway", 8080);
builder.AddUiGateway();
builder.AddProxy();

var app = builder.Build();
app.UseServiceDefaults();
app.MapUiGateway();
app.MapProxy();
app.Run();
