// A CRM that answers Instagram messages: .NET 10, with the client of this repository.
//
// It verifies each webhook, handles each event once, answers the customer, and after an outage catches up over the event feed (Inbox.cs).
//
// Settings: INSTAMESSENGER_URL, INSTAMESSENGER_KEY (sk_…), WEBHOOK_SECRET (whsec_…), PORT (9000), STATE (a folder).
using InstaMessenger.Client;
using Receiver;

var builder = WebApplication.CreateSlimBuilder(args);
var settings = builder.Configuration;
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseUrls($"http://*:{settings["PORT"] ?? "9000"}");
builder.Services.AddSingleton(new InstaMessengerClient(new Uri(settings["INSTAMESSENGER_URL"]!), settings["INSTAMESSENGER_KEY"]!));
builder.Services.AddSingleton(new WebhookVerifier(settings["WEBHOOK_SECRET"]!));
builder.Services.AddSingleton(services =>
    new Inbox(services.GetRequiredService<InstaMessengerClient>(), settings["STATE"] ?? "state"));
builder.Services.AddHostedService<CatchUp>();

var app = builder.Build();
app.MapPost("/", async (HttpRequest request, WebhookVerifier verifier, Inbox inbox) =>
{
    // The bytes as they came: JSON that was read and written again has another signature.
    using var body = new MemoryStream();
    await request.Body.CopyToAsync(body);
    try
    {
        await inbox.HandleAsync(verifier.Read(body.ToArray(), name => request.Headers[name]));
        return Results.NoContent();
    }
    catch (WebhookRefusedException refused)
    {
        return Results.Text(refused.Message, statusCode: StatusCodes.Status401Unauthorized);
    }
    catch (Exception error)
    {
        // Not handled: the product posts it again.
        return Results.Text(error.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
});
await app.StartAsync();
Console.WriteLine($"listening on {app.Urls.First()}");
await app.WaitForShutdownAsync();
