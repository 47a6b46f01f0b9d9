using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Ingress;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("ingress", 8081);
builder.AddIngress();
builder.AddBus();

var app = builder.Build();
app.UseServiceDefaults();
app.MapIngress();
app.Run();
