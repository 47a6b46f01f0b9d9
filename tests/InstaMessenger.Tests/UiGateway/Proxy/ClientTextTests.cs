using System.Collections.Concurrent;
using InstaMessenger.Tests.Hosting.Http.Bodies;

namespace InstaMessenger.Tests.UiGateway.Proxy;

/// <summary>What a client writes reaches a service as text of one request, and never as a second one.</summary>
public sealed class ClientTextTests
{
    [Theory]
    [InlineData("GET /api/v1/me HTTP/1.1\r\nHost: x\r\nCookie: im_session=x%0d%0a%0d%0aPOST%20/smuggled%20HTTP/1.1")]
    [InlineData("GET /api/v1/me?x=%0d%0aGET%20/smuggled HTTP/1.1\r\nHost: x")]
    [InlineData("GET /api/%0d%0aGET%20/smuggled HTTP/1.1\r\nHost: x")]
    [InlineData("GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-Request-Id: a%0d%0aGET /smuggled")]
    [InlineData("GET /api/v1/me HTTP/1.1\r\nHost: x%0d%0aGET")]
    [InlineData("GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.1.1.1\rGET /smuggled")]
    public async Task Nothing_in_it_makes_a_second_request(string head)
    {
        var seen = new ConcurrentQueue<string>();
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.StartAsync((context, _) =>
        {
            seen.Enqueue($"{context.Request.Method} {context.Request.Path}");
            context.Request.Headers.Authorization.Count.ShouldBe(0);
            return Task.CompletedTask;
        });
        await using var gateway = await GatewayHost.StartAsync(folder, upstream);
        using var client = await RawClient.ConnectAsync(gateway.Http.BaseAddress!);

        await client.SendAsync(head + "\r\nConnection: close\r\n\r\n");
        (await client.ReadToEndAsync()).ShouldStartWith("HTTP/1.1 ");

        seen.Count.ShouldBeLessThanOrEqualTo(1);
        seen.ShouldAllBe(request => request.StartsWith("GET /api", StringComparison.Ordinal));
    }
}
