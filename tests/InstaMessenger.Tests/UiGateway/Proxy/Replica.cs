using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace InstaMessenger.Tests.UiGateway.Proxy;

/// <summary>
/// One process of a service behind the gateway: the product's own host, with its readiness and its way to stop, on a port that it comes
/// back to.
/// </summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _name;
    private readonly Func<HttpContext, Task>? _answer;
    private ServiceUnderTest? _service;

    private Replica(string name, Func<HttpContext, Task>? answer) => (_name, _answer) = (name, answer);

    public string Url { get; private set; } = "http://127.0.0.1:0";

    public int Requests { get; private set; }

    /// <param name="name">What it answers.</param>
    /// <param name="answer">Instead of the name.</param>
    public static async Task<Replica> StartAsync(string name, Func<HttpContext, Task>? answer = null)
    {
        var replica = new Replica(name, answer);
        await replica.StartAsync();
        return replica;
    }

    public async Task StartAsync()
    {
        _service = await ServiceUnderTest.StartAsync(
            _folder.Path,
            builder => builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(10)),
            app => app.Map("/{**rest}", AnswerAsync).AllowAnonymous(),
            "Urls=" + Url);
        Url = _service.App.Urls.First();
    }

    /// <summary>As an orchestrator stops it.</summary>
    public async Task StopAsync()
    {
        if (_service is null) return;
        await _service.StopAsync();
        await EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _folder.Dispose();
    }

    private async Task EndAsync()
    {
        if (_service is not null) await _service.DisposeAsync();
        _service = null;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Requests++;
        await context.Request.Body.DrainAsync(context.RequestAborted);
        if (_answer is null) await context.Response.WriteAsync(_name);
        else await _answer(context);
    }
}
