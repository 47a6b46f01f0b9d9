using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace InstaMessenger.Tests.UiGateway;

/// <summary>Stands in for the four services: answers on a port for each of them.</summary>
internal sealed class Upstream : IAsyncDisposable
{
    private static readonly string[] Services = ["Ingress", "Store", "Sender", "CrmForwarder"];

    private readonly WebApplication _app;

    private Upstream(WebApplication app) => _app = app;

    /// <summary>The gateway's settings that lead to it.</summary>
    public string[] Settings => [.. Services.Zip(_app.Urls, (service, url) => $"Services:{service}={url}")];

    /// <param name="answer">Answers each request; it is told which service was called.</param>
    public static async Task<Upstream> StartAsync(Func<HttpContext, string, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder(["--Logging:LogLevel:Default=Critical"]);
        builder.WebHost.UseUrls(
            [.. Services.Select((_, index) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.{index + 1}:0"))]);
        var app = builder.Build();
        // The gateway asks each second, whatever a test is about.
        app.Map("/health/ready", health => health.Run(_ => Task.CompletedTask));
        app.Run(context => answer(context, Services[context.Connection.LocalIpAddress!.GetAddressBytes()[3] - 1]));
        await app.StartAsync();
        return new Upstream(app);
    }

    /// <summary>Answers with the name of the service and the path.</summary>
    public static Task<Upstream> EchoAsync() =>
        StartAsync((context, service) => context.Response.WriteAsync($"{service} {context.Request.Path}"));

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
