using System.Threading.Channels;
using InstaMessenger.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Tests.CrmForwarder;

/// <summary>A CRM over real HTTP: tells of each request when it has come, and answers as the test says.</summary>
internal sealed class TinyCrm : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _end = new();
    private readonly Channel<CrmRequest> _requests = Channel.CreateUnbounded<CrmRequest>();

    private TinyCrm(WebApplication app) => _app = app;

    /// <summary>Answers a request that is recorded already; 200 unless the test says otherwise.</summary>
    public Func<CrmRequest, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public string Url(string path) => _app.Urls.Single() + path;

    public static async Task<TinyCrm> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var crm = new TinyCrm(app);
        app.Run(crm.HandleAsync);
        await app.StartAsync();
        return crm;
    }

    public void Fail(int status) => Answer = (_, context) =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    public void Succeed() => Answer = (_, _) => Task.CompletedTask;

    /// <summary>Keeps every request open until the other side gives up, or the test is over.</summary>
    public void Hang() => Answer = (_, context) =>
        Task.WhenAny(
            Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted),
            Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _end.Token));

    public async Task<CrmRequest> NextAsync() => await _requests.Reader.ReadAsync().AsTask().WaitAsync(Patience.Long);

    public async Task<List<CrmRequest>> NextAsync(int count)
    {
        var requests = new List<CrmRequest>();
        while (requests.Count < count) requests.Add(await NextAsync());
        return requests;
    }

    /// <summary>Whether a request came that no test took yet.</summary>
    public bool HasMore => _requests.Reader.TryPeek(out _);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _app.DisposeAsync();
        _end.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var headers = context.Request.Headers;
        var request = new CrmRequest(
            context.Request.Path.Value!,
            headers["webhook-id"].ToString(),
            headers["webhook-timestamp"].ToString(),
            headers["webhook-signature"].ToString(),
            headers["X-Hub-Signature-256"].ToString(),
            context.Request.ContentType,
            headers["traceparent"].ToString(),
            body.ToArray());
        _requests.Writer.TryWrite(request);
        try
        {
            await Answer(request, context);
        }
        catch (OperationCanceledException)
        {
            // The forwarder gave up.
        }
    }
}

internal sealed record CrmRequest(
    string Path, string Id, string Timestamp, string Signature, string HubSignature, string? ContentType, string TraceParent, byte[] Body);
