using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;

namespace InstaMessenger.Tests.UiGateway.Edge;

public sealed class RateLimitTests
{
    /// <summary>Small bursts; the refill of one a second adds at most a few tokens while a test runs.</summary>
    private static readonly string[] Small =
    [
        "RateLimits:PerKeyBurst=4", "RateLimits:PerKeyPerSecond=1", "RateLimits:PerAddressBurst=4", "RateLimits:PerAddressPerSecond=1",
        "RateLimits:SignInsPerAddressPerMinute=2",
    ];

    private const int Many = 20;

    [Fact]
    public async Task Beyond_its_burst_an_address_is_answered_429_with_the_time_to_wait()
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.EchoAsync();
        await using var gateway = await GatewayHost.StartAsync(folder, upstream, Small);

        var answers = await GetAsync(gateway, Many);

        answers[0].StatusCode.ShouldBe(HttpStatusCode.OK);
        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 5);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("rate_limited");
    }

    [Fact]
    public async Task One_credential_at_its_limit_holds_up_no_other()
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.EchoAsync();
        await using var gateway = await GatewayHost.StartAsync(folder, upstream, Small);

        (await GetAsync(gateway, Many, "Bearer busy")).ShouldContain(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);

        (await GetAsync(gateway, 1, "Bearer idle"))[0].StatusCode.ShouldBe(HttpStatusCode.OK);
        (await GetAsync(gateway, 1))[0].StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_session_cookie_counts_as_a_credential()
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.EchoAsync();
        await using var gateway = await GatewayHost.StartAsync(folder, upstream, Small);
        (await GetAsync(gateway, Many)).ShouldContain(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        gateway.Http.DefaultRequestHeaders.Add("Cookie", "im_session=token");
        (await GetAsync(gateway, 1))[0].StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Made_up_credentials_count_for_the_address_that_sends_them()
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.StartAsync((context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        });
        await using var gateway = await GatewayHost.StartAsync(folder, upstream, Small);

        var answers = new List<HttpStatusCode>();
        for (var n = 0; n < Many; n++) answers.Add((await GetAsync(gateway, 1, $"Bearer made-up-{n}"))[0].StatusCode);

        answers.ShouldContain(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Signing_in_is_limited_tighter_and_by_address_whatever_the_password()
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.EchoAsync();
        await using var gateway = await GatewayHost.StartAsync(folder, upstream, "RateLimits:SignInsPerAddressPerMinute=2");

        var answers = new List<HttpStatusCode>();
        for (var n = 0; n < 3; n++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/ui/session");
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", $"cGFzczpwYXNz{n}");
            answers.Add((await gateway.Http.SendAsync(request)).StatusCode);
        }

        answers.ShouldBe([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests]);
        (await GetAsync(gateway, 1))[0].StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Webhooks_are_never_slowed_down_but_handshakes_are()
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.EchoAsync();
        await using var gateway = await GatewayHost.StartAsync(folder, upstream, Small);

        for (var n = 0; n < Many; n++)
            (await gateway.Http.PostAsync("/webhooks/instagram", new StringContent("{}"))).StatusCode.ShouldBe(HttpStatusCode.OK);

        var handshakes = new List<HttpStatusCode>();
        for (var n = 0; n < Many; n++) handshakes.Add((await gateway.Http.GetAsync("/webhooks/instagram?hub.verify_token=guess")).StatusCode);
        handshakes.ShouldContain(HttpStatusCode.TooManyRequests);
    }

    private static async Task<List<HttpResponseMessage>> GetAsync(ServiceUnderTest gateway, int times, string? authorization = null)
    {
        var answers = new List<HttpResponseMessage>();
        for (var n = 0; n < times; n++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/accounts");
            if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
            answers.Add(await gateway.Http.SendAsync(request));
        }

        return answers;
    }
}
