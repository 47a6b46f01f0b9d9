using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;

namespace InstaMessenger.Tests.UiGateway.Edge;

public sealed class RateLimitTests
{
    /// <summary>More at once than any burst here; rounds of them outrun the refill of one a second on the busiest machine.</summary>
    private const int AtOnce = 20;

    private const int MostRounds = 20;

    private static readonly string[] Small =
    [
        "RateLimits:PerKeyBurst=4", "RateLimits:PerKeyPerSecond=1", "RateLimits:PerAddressBurst=4", "RateLimits:PerAddressPerSecond=1",
    ];

    [Fact]
    public async Task Beyond_its_burst_an_address_is_answered_429_with_the_time_to_wait()
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.EchoAsync();
        await using var gateway = await GatewayHost.StartAsync(folder, upstream, Small);
        (await GetAsync(gateway)).StatusCode.ShouldBe(HttpStatusCode.OK);

        var refused = await UntilRefusedAsync(_ => GetAsync(gateway));

        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 5);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("rate_limited");
    }

    [Fact]
    public async Task One_credential_at_its_limit_holds_up_no_other()
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.EchoAsync();
        await using var gateway = await GatewayHost.StartAsync(folder, upstream, Small);

        await UntilRefusedAsync(_ => GetAsync(gateway, "Bearer busy"));

        (await GetAsync(gateway, "Bearer idle")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await GetAsync(gateway)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_session_cookie_counts_as_a_credential()
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.EchoAsync();
        await using var gateway = await GatewayHost.StartAsync(folder, upstream, [.. Small, "RateLimits:PerKeyBurst=1000"]);
        gateway.Http.DefaultRequestHeaders.Add("Cookie", "im_session=token");
        for (var n = 0; n < AtOnce; n++) (await GetAsync(gateway)).StatusCode.ShouldBe(HttpStatusCode.OK);
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
        await UntilRefusedAsync(n => GetAsync(gateway, $"Bearer made-up-{n}"));
    }

    [Fact]
    public async Task Signing_in_is_limited_tighter_and_by_address_whatever_the_password()
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.EchoAsync();
        await using var gateway = await GatewayHost.StartAsync(
            folder, upstream, "RateLimits:SignInsPerAddressPerMinute=2", "RateLimits:PerAddressBurst=10000");

        await UntilRefusedAsync(n =>
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/ui/session");
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", $"cGFzczpwYXNz{n}");
            return gateway.Http.SendAsync(request);
        });

        (await GetAsync(gateway)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Webhooks_are_never_slowed_down_but_handshakes_are()
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.EchoAsync();
        await using var gateway = await GatewayHost.StartAsync(folder, upstream, Small);

        await UntilRefusedAsync(_ => gateway.Http.GetAsync("/webhooks/instagram?hub.verify_token=guess"));

        var webhooks = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => gateway.Http.PostAsync("/webhooks/instagram", new StringContent("{}"))));
        webhooks.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
    }

    /// <summary>Sends rounds of requests until one is refused.</summary>
    private static async Task<HttpResponseMessage> UntilRefusedAsync(Func<int, Task<HttpResponseMessage>> sendAsync)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(round * AtOnce, AtOnce).Select(sendAsync));
            if (Array.Find(answers, answer => answer.StatusCode == HttpStatusCode.TooManyRequests) is { } refused) return refused;
        }

        throw new ShouldAssertException("Nothing was refused.");
    }

    private static async Task<HttpResponseMessage> GetAsync(ServiceUnderTest gateway, string? authorization = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/accounts");
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return await gateway.Http.SendAsync(request);
    }
}
