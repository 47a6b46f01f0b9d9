using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using InstaMessenger.Hosting.Http;

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

        Header(refused, "RateLimit-Limit").ShouldBe(4);
        Header(refused, "RateLimit-Remaining").ShouldBeInRange(0, 1);
        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 5);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("rate_limited");
    }

    [Fact]
    public async Task An_answer_says_how_much_may_still_be_asked_where_there_is_a_limit()
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.EchoAsync();
        await using var gateway = await GatewayHost.StartAsync(
            folder, upstream, "RateLimits:PerKeyBurst=50", "RateLimits:PerAddressBurst=40", "RateLimits:SignInsPerAddressPerMinute=3");

        using var first = await GetAsync(gateway, "Bearer key");
        using var later = await GetAsync(gateway, "Bearer key");
        using var stranger = await GetAsync(gateway);
        using var signIn = await gateway.Http.PostAsync("/ui/session", null);
        using var webhook = await gateway.Http.PostAsync("/webhooks/instagram", new StringContent("{}"));

        Header(later, "RateLimit-Limit").ShouldBe(50);
        Header(later, "RateLimit-Remaining").ShouldBeInRange(49, 50);
        Header(stranger, "RateLimit-Limit").ShouldBe(40);
        Header(stranger, "RateLimit-Remaining").ShouldBeInRange(36, 39);
        Header(stranger, "RateLimit-Reset").ShouldBeInRange(1, 2);
        (Header(signIn, "RateLimit-Limit"), Header(signIn, "RateLimit-Remaining"), Header(signIn, "RateLimit-Reset")).ShouldBe((3, 2, 60));
        webhook.Headers.Contains("RateLimit-Limit").ShouldBeFalse();
    }

    [Fact]
    public async Task One_credential_at_its_limit_holds_up_no_other()
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.EchoAsync();
        await using var gateway = await GatewayHost.StartAsync(folder, upstream, Small);
        foreach (var proven in (string[])["Bearer busy", "Bearer idle"])
            (await GetAsync(gateway, proven)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await UntilRefusedAsync(_ => GetAsync(gateway, "Bearer busy"));

        (await GetAsync(gateway, "Bearer idle")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await GetAsync(gateway)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_Meta_fetches_of_ours_has_no_limit()
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.EchoAsync();
        await using var gateway = await GatewayHost.StartAsync(folder, upstream, Small);
        for (var n = 0; n < 5 * AtOnce; n++)
            (await GetAsync(gateway, path: "/media/outbound/acc_1/med_1.jpg")).StatusCode.ShouldBe(HttpStatusCode.OK);
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

    [Theory]
    [InlineData("/api/v1/accounts", 401)] // wrong keys: 1,266 to 1,600 of 1,600 once passed a bucket of 100
    [InlineData("/webhooks/instagram?hub.verify_token=guess", 403)] // 1,600 guesses of the verify token once passed in 0.4 s
    [InlineData("/docs", 200)] // a good answer, which says nothing of the credential
    public async Task Made_up_credentials_pass_no_oftener_than_their_address_may_ask(string path, int answered)
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.StartAsync((context, _) =>
        {
            context.Response.StatusCode = answered;
            return Task.CompletedTask;
        });
        await using var gateway = await GatewayHost.StartAsync(folder, upstream, Small);
        var began = Stopwatch.GetTimestamp();

        var answers = new List<HttpResponseMessage>();
        for (var round = 0; round < 10; round++)
            answers.AddRange(
                await Task.WhenAll(Enumerable.Range(round * AtOnce, AtOnce).Select(n => GetAsync(gateway, $"Bearer made-up-{n}", path))));

        // The burst of four, and one for each second; the clock of the limiter ticks by itself.
        var most = 4 + Math.Ceiling(Stopwatch.GetElapsedTime(began).TotalSeconds) + 1;
        answers.Count(answer => (int)answer.StatusCode == answered).ShouldBeInRange(1, (int)most);
        answers.ShouldAllBe(answer => (int)answer.StatusCode == answered || answer.StatusCode == HttpStatusCode.TooManyRequests);
    }

    /// <summary>
    /// A browser's stream is answered 200 while there is none, and tells to come again. By that each made-up credential that asked for one
    /// during an outage once got a bucket of its own.
    /// </summary>
    [Theory]
    [InlineData(true)] // by the gateway, of a service's 503
    [InlineData(false)] // by the service itself, whose database is away
    public async Task Made_up_credentials_are_not_proven_by_a_stream_that_cannot_be_had(bool byGateway)
    {
        using var folder = new TemporaryFolder();
        var asked = 0;
        await using var upstream = await Upstream.StartAsync((context, _) =>
        {
            Interlocked.Increment(ref asked);
            context.Response.StatusCode = 503;
            return byGateway ? Task.CompletedTask : EventStreamRetry.AnswerAsync(context);
        });
        await using var gateway = await GatewayHost.StartAsync(folder, upstream, Small);
        var began = Stopwatch.GetTimestamp();

        for (var round = 0; round < 10; round++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(n => GetAsync(
                gateway, $"Bearer made-up-{n}", "/api/v1/events/stream", "text/event-stream")));
            answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        }

        asked.ShouldBeInRange(1, 4 + (int)Math.Ceiling(Stopwatch.GetElapsedTime(began).TotalSeconds) + 1);
    }

    [Fact]
    public async Task A_credential_that_was_right_and_is_refused_later_counts_for_its_address_again()
    {
        using var folder = new TemporaryFolder();
        var revoked = false;
        await using var upstream = await Upstream.StartAsync((context, _) =>
        {
            context.Response.StatusCode = revoked ? 401 : 200;
            return Task.CompletedTask;
        });
        await using var gateway = await GatewayHost.StartAsync(folder, upstream, [.. Small, "RateLimits:PerKeyBurst=100000"]);
        for (var n = 0; n < AtOnce; n++) (await GetAsync(gateway, "Bearer key")).StatusCode.ShouldBe(HttpStatusCode.OK);

        revoked = true;
        await UntilRefusedAsync(_ => GetAsync(gateway, "Bearer key"));
    }

    [Fact]
    public async Task Each_of_two_gateways_grants_half()
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.EchoAsync();
        await using var gateway = await GatewayHost.StartAsync(folder, upstream, [.. Small, "RateLimits:Gateways=2"]);
        var began = Stopwatch.GetTimestamp();

        var answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => GetAsync(gateway)));

        var passed = answers.Count(answer => answer.StatusCode == HttpStatusCode.OK);
        passed.ShouldBeInRange(2, 3 + (int)Math.Ceiling(Stopwatch.GetElapsedTime(began).TotalSeconds));
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

        var webhooks = await Task.WhenAll(
            Enumerable.Range(0, AtOnce).Select(_ => gateway.Http.PostAsync("/webhooks/instagram", new StringContent("{}"))));
        webhooks.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
    }

    private static int Header(HttpResponseMessage answer, string name) => int.Parse(answer.Headers.GetValues(name).Single());

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

    private static async Task<HttpResponseMessage> GetAsync(
        ServiceUnderTest gateway, string? authorization = null, string path = "/api/v1/accounts", string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null) request.Headers.Add("Accept", accept);
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return await gateway.Http.SendAsync(request);
    }
}
