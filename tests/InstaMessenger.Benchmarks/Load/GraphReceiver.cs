using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace InstaMessenger.Benchmarks.Load;

/// <summary>A Graph API that takes every send after 20 ms, but for one account's, which it limits. Bare Kestrel, like the CRM.</summary>
internal sealed class GraphReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Answer = TimeSpan.FromMilliseconds(20);

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, int> _taken = new();

    private GraphReceiver(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Whether it knows accounts and nothing else: it tells no customer's name and takes no send.</summary>
    public bool KnowsAccountsAlone { get; init; }

    /// <summary>The account whose calls are refused as too many; null for none.</summary>
    public string? Limited { get; set; }

    /// <summary>Sends that were taken, of all accounts but one.</summary>
    public int TakenExcept(string account) => _taken.Where(pair => pair.Key != account).Sum(pair => pair.Value);

    /// <summary>The token of an account, which says whose it is.</summary>
    public static string TokenOf(string instagramAccountId) => $"benchmark-token.{instagramAccountId}";

    public static async Task<GraphReceiver> StartAsync(bool knowsAccountsAlone = false)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var receiver = new GraphReceiver(builder.Build()) { KnowsAccountsAlone = knowsAccountsAlone };
        receiver._app.Run(receiver.AnswerAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>Answers whose a token is, and takes every subscription.</summary>
    private static async Task<bool> AnswerOfAccountAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var id = context.Request.Headers.Authorization.ToString().Split('.')[^1];
        if (path.EndsWith("/me", StringComparison.Ordinal))
            await context.Response.WriteAsync($$"""{"user_id":"{{id}}","id":"{{id}}","username":"bench_{{id[^4..]}}"}""");
        else if (path.EndsWith("/subscribed_apps", StringComparison.Ordinal))
            await context.Response.WriteAsync("""{"success":true,"data":[]}""");
        else return false;
        return true;
    }

    /// <summary>The path is <c>/v26.0/{account}/messages</c>.</summary>
    private async Task AnswerAsync(HttpContext context)
    {
        if (await AnswerOfAccountAsync(context)) return;
        if (KnowsAccountsAlone)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        // Who a customer is; it is no send.
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await context.Response.WriteAsync("""{"name":"A customer","username":"customer"}""");
            return;
        }

        var account = context.Request.Path.Value!.Split('/')[2];
        var reader = context.Request.BodyReader;
        var read = await reader.ReadAtLeastAsync((int)(context.Request.ContentLength ?? int.MaxValue));
        reader.AdvanceTo(read.Buffer.End);
        await Task.Delay(Answer, TimeProvider.System);
        if (account == Limited)
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            await context.Response.WriteAsync("""{"error":{"code":613,"message":"Calls to this api have exceeded the rate limit."}}""");
            return;
        }

        var number = _taken.AddOrUpdate(account, 1, (_, count) => count + 1);
        await context.Response.WriteAsync($$"""{"recipient_id":"1","message_id":"mid.{{account}}.{{number}}"}""");
    }
}
