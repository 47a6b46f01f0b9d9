using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.IntegrationTests.Sending;

/// <summary>Meta's Send API: remembers who was told what, in the order in which the calls came.</summary>
internal sealed class CountingGraph : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _mids;

    private CountingGraph(WebApplication app) => _app = app;

    public ConcurrentQueue<(string Contact, string Text)> Calls { get; } = new();

    public Uri Address => new(_app.Urls.Single());

    public static async Task<CountingGraph> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var graph = new CountingGraph(builder.Build());
        graph._app.Run(graph.AnswerAsync);
        await graph._app.StartAsync();
        return graph;
    }

    public async Task UntilAsync(int calls)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (Calls.Count < calls) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var body = await JsonElementOf(context.Request.Body);
        Calls.Enqueue(
            (body.GetProperty("recipient").GetProperty("id").GetString()!, body.GetProperty("message").GetProperty("text").GetString()!));
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(
            $$"""{"message_id":"mid.{{Interlocked.Increment(ref _mids).ToString(CultureInfo.InvariantCulture)}}"}""");
    }

    private static async Task<JsonElement> JsonElementOf(Stream body)
    {
        using var document = await JsonDocument.ParseAsync(body);
        return document.RootElement.Clone();
    }
}
