using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Ingress;

var builder = ServiceDefaults.CreateBuilder(args, "ingress", defaultPort: 8081);
builder.AddIngress();
builder.AddBus();

var app = builder.Build();
app.UseServiceDefaults();
app.MapIngress();
app.Run();
