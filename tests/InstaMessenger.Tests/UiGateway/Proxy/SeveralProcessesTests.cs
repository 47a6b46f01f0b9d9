using System.Collections.Concurrent;
using System.Net;
using InstaMessenger.Tests.Shared;
using Microsoft.AspNetCore.Http;

namespace InstaMessenger.Tests.UiGateway.Proxy;

/// <summary>
/// Two processes of a service: a rolling restart answered 254 requests with 502, because the gateway knew one address for each.
/// </summary>
public sealed class SeveralProcessesTests
{
    [Theory]
    [InlineData("Services:Store={0},{1}")]
    [InlineData("Services:Store:0={0}", "Services:Store:1={1}")]
    public async Task Requests_are_spread_over_all_addresses_of_a_service(params string[] settings)
    {
        await using var a = await Replica.StartAsync("a");
        await using var b = await Replica.StartAsync("b");
        using var folder = new TemporaryFolder();
        await using var gateway = await GatewayHost.StartAsync(
            folder, null, [.. settings.Select(setting => string.Format(null, setting, a.Url, b.Url))]);

        await UntilAsync(async () => await gateway.Http.GetStringAsync("/api/v1/accounts") == "a");
        await UntilAsync(async () => await gateway.Http.GetStringAsync("/api/v1/accounts") == "b");
    }

    [Fact]
    public async Task A_rolling_restart_under_load_is_no_clients_news()
    {
        await using var a = await Replica.StartAsync("a");
        await using var b = await Replica.StartAsync("b");
        using var folder = new TemporaryFolder();
        await using var gateway = await StartAsync(folder, a, b);
        using var over = new CancellationTokenSource();
        var statuses = new ConcurrentBag<HttpStatusCode>();
        var load = Enumerable.Range(0, 6).Select(n => LoadAsync(gateway, n, statuses, over.Token)).ToList();

        foreach (var replica in (Replica[])[a, b])
        {
            var before = statuses.Count;
            await replica.StopAsync();
            await replica.StartAsync();
            await UntilAsync(() => Task.FromResult(statuses.Count > before + 50));
            // The other is stopped only once this one is known to be back, as an orchestrator waits for readiness.
            var served = replica.Requests;
            await UntilAsync(() => Task.FromResult(replica.Requests > served + 5));
        }

        await over.CancelAsync();
        await Task.WhenAll(load);
        statuses.Count.ShouldBeGreaterThan(100);
        statuses.Where(status => status != HttpStatusCode.OK).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_request_that_found_no_connection_goes_to_the_next_process_whatever_it_is()
    {
        await using var alive = await Replica.StartAsync("alive");
        using var folder = new TemporaryFolder();
        await using var gateway = await GatewayHost.StartAsync(
            folder, null, $"Services:Store=http://127.0.0.1:1,{alive.Url}", "RateLimits:PerAddressBurst=1000");

        for (var n = 0; n < 20; n++) (
            await gateway.Http.PostAsync("/api/v1/accounts", new StringContent("{}"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("GET", "/api/v1/accounts", false, true)]
    [InlineData("POST", "/webhooks/instagram", false, true)]
    [InlineData("POST", "/api/v1/messages/send", true, true)]
    [InlineData("POST", "/api/v1/messages/send", false, false)] // it may have been done already
    [InlineData("DELETE", "/api/v1/accounts/acc_1", false, false)]
    public async Task A_request_that_broke_after_it_was_sent_is_repeated_only_when_that_is_safe(
        string method, string path, bool withKey, bool isRepeated)
    {
        static Task BreakAsync(HttpContext context)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        var bodies = new ConcurrentQueue<string>();
        await using var breaking = await Upstream.StartAsync((context, _) => BreakAsync(context));
        await using var answering = await Upstream.StartAsync(async (context, _) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            bodies.Enqueue(await reader.ReadToEndAsync(context.RequestAborted));
        });
        using var folder = new TemporaryFolder();
        string[] both = [.. breaking.Settings.Zip(answering.Settings, (one, other) => $"{one},{other.Split('=')[1]}")];
        await using var gateway = await GatewayHost.StartAsync(folder, null, [.. both, "RateLimits:PerAddressBurst=1000"]);

        var statuses = new List<HttpStatusCode>();
        for (var n = 0; n < 20; n++)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (method == "POST") request.Content = new StringContent("""{"text":"hello"}""");
            if (withKey) request.Headers.Add("Idempotency-Key", $"key-{n}");
            statuses.Add((await gateway.Http.SendAsync(request)).StatusCode);
        }

        if (isRepeated) statuses.ShouldAllBe(status => status == HttpStatusCode.OK);
        else statuses.ShouldContain(HttpStatusCode.BadGateway);
        if (method == "POST") bodies.ShouldAllBe(body => body == """{"text":"hello"}""");
    }

    [Fact]
    public async Task The_gateway_names_the_service_that_is_away_and_stays_in_service()
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.EchoAsync();
        await using var gateway = await GatewayHost.StartAsync(folder, upstream, "Services:Store=http://127.0.0.1:1");

        await UntilAsync(async () => (await gateway.Http.GetStringAsync("/health/ready")).Contains("Store", StringComparison.Ordinal));

        var answer = await gateway.Http.GetAsync("/health/ready");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldContain("Degraded");
        text.ShouldNotContain("Ingress");
    }

    private static Task<ServiceUnderTest> StartAsync(TemporaryFolder folder, Replica a, Replica b) => GatewayHost.StartAsync(
        folder,
        null,
        $"Services:Store={a.Url},{b.Url}",
        $"Services:Ingress={a.Url},{b.Url}",
        "RateLimits:PerAddressBurst=1000000",
        "RateLimits:PerAddressPerSecond=1000000");

    private static async Task LoadAsync(
        ServiceUnderTest gateway, int number, ConcurrentBag<HttpStatusCode> statuses, CancellationToken over)
    {
        for (var n = 0; !over.IsCancellationRequested; n++)
        {
            using var request = (number % 3) switch
            {
                0 => new HttpRequestMessage(HttpMethod.Post, "/webhooks/instagram") { Content = new StringContent("{}") },
                1 => new HttpRequestMessage(
                    HttpMethod.Post,
                    "/api/v1/messages/send") { Content = new StringContent("{}"), Headers = { { "Idempotency-Key", $"{number}-{n}" } } },
                _ => new HttpRequestMessage(HttpMethod.Get, "/api/v1/accounts"),
            };
            using var answer = await gateway.Http.SendAsync(request, CancellationToken.None);
            statuses.Add(answer.StatusCode);
            // A steady load, not all that two cores can do.
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> isSoAsync)
    {
        using var limit = new CancellationTokenSource(Patience.Long);
        while (!await isSoAsync()) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
    }
}
