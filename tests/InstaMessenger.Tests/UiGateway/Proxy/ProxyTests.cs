using System.Net;
using System.Net.Http.Headers;
using InstaMessenger.Tests.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace InstaMessenger.Tests.UiGateway.Proxy;

public sealed class ProxyTests
{
    private const int MiB = 1024 * 1024;

    [Theory]
    [InlineData("/webhooks/instagram", "Ingress")]
    [InlineData("/webhooks/instagram/other", "Ingress")]
    [InlineData("/webhooks/instagram/deauthorize", "Store")]
    [InlineData("/webhooks/instagram/data-deletion", "Store")]
    [InlineData("/data-deletion/code", "Store")]
    [InlineData("/api/v1/messages/send", "Store")]
    [InlineData("/api/v1/events/stream", "Store")]
    [InlineData("/api/v1/dead-letters/store/7/replay", "Store")]
    [InlineData("/api/v1/dead-letters/senders", "Store")]
    [InlineData("/api/v2/anything", "Store")]
    [InlineData("/ui/session", "Store")]
    [InlineData("/docs", "Store")]
    [InlineData("/api/v1/sends", "Sender")]
    [InlineData("/api/v1/sends/msg_1", "Sender")]
    [InlineData("/api/v1/dead-letters/sender", "Sender")]
    [InlineData("/api/v1/webhook-endpoints/1/deliveries", "CrmForwarder")]
    [InlineData("/api/v1/deliveries/1/redeliver", "CrmForwarder")]
    [InlineData("/api/v1/dead-letters/crm-forwarder", "CrmForwarder")]
    public async Task Each_path_goes_to_its_service_unchanged(string path, string service)
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.EchoAsync();
        await using var gateway = await GatewayHost.StartAsync(folder, upstream);
        (await gateway.Http.GetStringAsync(path)).ShouldBe($"{service} {path}");
    }

    [Theory]
    [InlineData("/internal/anything")]
    [InlineData("/internal")]
    [InlineData("/api/../internal/anything")]
    [InlineData("/metrics/anything")]
    [InlineData("/health/other")]
    [InlineData("/apis")]
    [InlineData("/index.html")]
    public async Task What_is_not_public_is_404_and_reaches_no_service(string path)
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.EchoAsync();
        await using var gateway = await GatewayHost.StartAsync(folder, upstream);
        var answer = await gateway.Http.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("not_found");
    }

    [Fact]
    public async Task The_gateway_passes_credentials_on_and_judges_none()
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.StartAsync(
            (context, _) => context.Response.WriteAsync(context.Request.Headers.Authorization.ToString()));
        await using var gateway = await GatewayHost.StartAsync(folder, upstream);
        gateway.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sk_1");
        (await gateway.Http.GetStringAsync("/api/v1/me")).ShouldBe("Bearer sk_1");
    }

    [Fact]
    public async Task A_client_cannot_make_up_its_forwarded_address()
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.StartAsync(
            (context, _) => context.Response.WriteAsync(context.Request.Headers["X-Forwarded-For"].ToString()));
        await using var gateway = await GatewayHost.StartAsync(folder, upstream);
        gateway.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        (await gateway.Http.GetStringAsync("/ui/session")).ShouldBe("127.0.0.1");
    }

    [Fact]
    public async Task A_live_stream_comes_through_event_by_event()
    {
        using var folder = new TemporaryFolder();
        using var goOn = new SemaphoreSlim(0);
        await using var upstream = await Upstream.StartAsync(async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            for (var n = 1; n <= 3; n++)
            {
                await context.Response.WriteAsync($"id: {n}\n\n");
                await context.Response.Body.FlushAsync();
                // The next event comes only once the client has this one: a proxy that holds it back would hang here.
                await goOn.WaitAsync(context.RequestAborted);
            }
        });
        await using var gateway = await GatewayHost.StartAsync(folder, upstream);

        using var limit = new CancellationTokenSource(Patience.Long);
        using var answer = await gateway.Http.GetAsync("/api/v1/events/stream", HttpCompletionOption.ResponseHeadersRead, limit.Token);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(limit.Token));
        for (var n = 1; n <= 3; n++)
        {
            (await reader.ReadLineAsync(limit.Token)).ShouldBe($"id: {n}");
            (await reader.ReadLineAsync(limit.Token)).ShouldBe("");
            goOn.Release();
        }

        (await reader.ReadLineAsync(limit.Token)).ShouldBeNull();
    }

    [Fact]
    public async Task A_client_that_leaves_its_live_stream_frees_the_services_end()
    {
        using var folder = new TemporaryFolder();
        var left = new TaskCompletionSource();
        await using var upstream = await Upstream.StartAsync(async (context, _) =>
        {
            await context.Response.WriteAsync(":\n\n");
            await context.Response.Body.FlushAsync();
            await using var registration = context.RequestAborted.Register(left.SetResult);
            await left.Task;
        });
        await using var gateway = await GatewayHost.StartAsync(folder, upstream);

        using (await gateway.Http.GetAsync("/api/v1/events/stream", HttpCompletionOption.ResponseHeadersRead))
        {
        }

        await left.Task.WaitAsync(Patience.Long);
    }

    [Fact]
    public async Task A_service_that_is_away_is_502_with_a_code()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await GatewayHost.StartAsync(folder, upstream: null, "Services:Store=http://127.0.0.1:1");
        var answer = await gateway.Http.GetAsync("/api/v1/accounts");
        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("bad_gateway");
    }

    [Theory]
    [InlineData("/api/v1/messages/send", "application/json", 1)]
    [InlineData("/api/v1/messages/send", "multipart/form-data; boundary=x", 26)]
    [InlineData("/api/v1/accounts", "multipart/form-data; boundary=x", 1)]
    [InlineData("/webhooks/instagram", "application/json", 5)]
    [InlineData("/ui/session", "application/json", 1)]
    public async Task A_request_over_its_limit_is_413_and_one_at_it_passes(string path, string type, int mib)
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.StartAsync((context, _) => context.Request.Body.DrainAsync(context.RequestAborted));
        await using var gateway = await GatewayHost.StartAsync(folder, upstream);

        (await PostAsync(gateway, path, type, mib * MiB)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await ShouldBeTooLargeAsync(await PostAsync(gateway, path, type, (mib * MiB) + 1));
    }

    [Theory]
    [InlineData("/api/v1/messages/send", 1)]
    [InlineData("/webhooks/instagram", 5)]
    public async Task A_request_that_does_not_announce_its_length_is_cut_off_at_its_limit(string path, int mib)
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.StartAsync((context, _) => context.Request.Body.DrainAsync(context.RequestAborted));
        await using var gateway = await GatewayHost.StartAsync(folder, upstream);
        gateway.Http.DefaultRequestHeaders.TransferEncodingChunked = true;

        (await PostAsync(gateway, path, "application/json", (mib * MiB) - (MiB / 10))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await ShouldBeTooLargeAsync(await PostAsync(gateway, path, "application/json", (mib * MiB) + 1));
    }

    private static async Task<HttpResponseMessage> PostAsync(ServiceUnderTest gateway, string path, string type, int size)
    {
        using var content = new ByteArrayContent(new byte[size]);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return await gateway.Http.PostAsync(path, content);
    }

    private static async Task ShouldBeTooLargeAsync(HttpResponseMessage answer)
    {
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("payload_too_large");
    }
}
