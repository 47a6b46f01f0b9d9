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

    /// <summary>What was read or refreshed: the path's last word, the token, and from where on.</summary>
    public ConcurrentQueue<(string What, string Token, string After)> Reads { get; } = new();

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

    /// <summary>Waits until so many calls of a kind have come that tell how far threads are, or ask for a token.</summary>
    public async Task ReadAsync(string what, int calls)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (Reads.Count(read => read.What == what) < calls)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        if (!HttpMethods.IsPost(context.Request.Method) || context.Request.ContentLength is null or 0)
        {
            await context.Response.WriteAsync(Read(context.Request));
            return;
        }

        var body = await JsonElementOf(context.Request.Body);
        Calls.Enqueue(
            (body.GetProperty("recipient").GetProperty("id").GetString()!, body.GetProperty("message").GetProperty("text").GetString()!));
        await context.Response.WriteAsync(
            $$"""{"message_id":"mid.{{Interlocked.Increment(ref _mids).ToString(CultureInfo.InvariantCulture)}}"}""");
    }

    /// <summary>Three pages of threads, each with the name of the next; new tokens; and of all else that it is well.</summary>
    private string Read(HttpRequest request)
    {
        var token = request.Query["access_token"].FirstOrDefault() ?? request.Headers.Authorization.ToString().Split(' ')[^1];
        var (what, after) = (request.Path.Value!.Split('/')[^1], request.Query["after"].ToString());
        var isPage = what == "conversations" && request.Query["fields"] != "id";
        if (isPage || what == "refresh_access_token") Reads.Enqueue((what, token, after));
        if (what == "refresh_access_token") return """{"access_token":"NEXT","token_type":"bearer","expires_in":5183944}""";
        if (!isPage) return """{"success":true,"data":[{"id":"1","subscribed_fields":[]}]}""";
        var next = after switch { "" => "B", "B" => "C", _ => null };
        const string Thread = """
            {"id":"t","updated_time":"2026-01-01T10:00:00+0000","messages":{"data":[{"id":"m.1","created_time":"2026-01-01T10:00:00+0000",
            "from":{"id":"42","username":"anna"},"to":{"data":[{"id":"17841400000000001","username":"shop"}]},"message":"hello"}]}}
            """;
        return next is null
            ? $$$"""{"data":[{{{Thread}}}]}"""
            : $$$"""{"data":[{{{Thread}}}],"paging":{"cursors":{"after":"{{{next}}}"},"next":"https://graph.example/next"}}""";
    }

    private static async Task<JsonElement> JsonElementOf(Stream body)
    {
        using var document = await JsonDocument.ParseAsync(body);
        return document.RootElement.Clone();
    }
}
