using System.Threading.Channels;
using InstaMessenger.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Tests.Sender;

/// <summary>Meta's Send API on a local port: records each request, answers as told, by default with success.</summary>
internal sealed class FakeGraph : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();
    private int _count;

    private FakeGraph(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    public int Count => Volatile.Read(ref _count);

    /// <summary>How each call is answered; the number counts from 1.</summary>
    public Func<HttpContext, int, Task> Answer { get; set; } = (context, number) =>
        Json(context, 200, $$"""{"recipient_id":"42","message_id":"mid.{{number}}"}""");

    /// <summary>How a conversation is shown that is read back; by default it cannot be read.</summary>
    public Func<HttpContext, Task> Thread { get; set; } = context => Json(context, 503, "{}");

    /// <summary>What is asked of the account itself: whose the token is, webhooks, refreshing. By default all is well.</summary>
    public Func<HttpContext, Task> Own { get; set; } = context => Json(
        context,
        200,
        """
        {"success":true,"data":[{"id":"1","subscribed_fields":["messages","message_echoes","message_reactions","message_edit",
        "messaging_postbacks","messaging_referral","messaging_seen","messaging_handover","standby"]}]}
        """);

    /// <summary>The calls about the account itself; of the body the query.</summary>
    public Channel<Call> OwnCalls { get; } = Channel.CreateUnbounded<Call>();

    /// <summary>The conversations that were read.</summary>
    public Channel<Call> Reads { get; } = Channel.CreateUnbounded<Call>();

    public static async Task<FakeGraph> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var graph = new FakeGraph(builder.Build());
        graph._app.Run(graph.HandleAsync);
        await graph._app.StartAsync();
        graph.Address = new Uri(graph._app.Urls.Single());
        return graph;
    }

    public static Task Json(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }

    public static Func<HttpContext, int, Task> Error(int status, int code, int? subcode = null) =>
        (context, _) => Json(
            context,
            status,
            $$$"""{"error":{"message":"x","type":"IGApiException","code":{{{code}}},"error_subcode":"""
                + $$$"""{{{subcode ?? 0}}},"fbtrace_id":"A1"}}""");

    public async Task<Call> NextAsync() => await _calls.Reader.ReadAsync(Patience.Token());

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        if (IsOwn(context.Request))
        {
            OwnCalls.Writer.TryWrite(new Call(
                $"{context.Request.Method} {context.Request.Path}",
                context.Request.Headers.Authorization.ToString(),
                null,
                Uri.UnescapeDataString(context.Request.QueryString.Value!)));
            await Own(context);
            return;
        }

        if (HttpMethods.IsGet(context.Request.Method))
        {
            var query = Uri.UnescapeDataString(context.Request.QueryString.Value!);
            // Taken before the call is told of: who waits for it may change the answer for the next one.
            var thread = Thread;
            Reads.Writer.TryWrite(new Call(context.Request.Path, context.Request.Headers.Authorization.ToString(), null, query));
            await thread(context);
            return;
        }

        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var number = Interlocked.Increment(ref _count);
        _calls.Writer.TryWrite(
            new Call(context.Request.Path, context.Request.Headers.Authorization.ToString(), context.Request.ContentLength, body));
        await Answer(context, number);
    }

    private static bool IsOwn(HttpRequest request) =>
        request.Path.Value!.Split('/')[^1] is "me" or "subscribed_apps" or "refresh_access_token"
        || (request.Path.Value!.EndsWith("/conversations", StringComparison.Ordinal) && request.Query["fields"] == "id");

    public sealed record Call(string Path, string Authorization, long? ContentLength, string Body);
}
