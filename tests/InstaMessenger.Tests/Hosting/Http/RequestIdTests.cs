using System.Net;
using System.Text;
using InstaMessenger.Standalone;
using InstaMessenger.Tests.UiGateway;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Tests.Hosting.Http;

public sealed class RequestIdTests : IDisposable
{
    private const string Header = "X-Request-Id";
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> HostileIds =>
        [new string('a', 65), "a b", "a\tb", "a,b", "é", "<script>", "a\"b", "a/b", "a;b", "%0d%0aX-Other: 1", "$(id)", ""];

    [Theory]
    [InlineData("a")]
    [InlineData("2f1c3b9e-6f0d-4f0e-9d0a-0e8f7c6b5a41")]
    [InlineData("CRM_req.42-retry")]
    public async Task A_harmless_id_of_the_client_comes_back(string id)
    {
        await using var service = await AnyServiceAsync();

        (await AskAsync(service.Http, "/hello", id)).ShouldBe([id]);
        (await AskAsync(service.Http, "/nowhere", id)).ShouldBe([id]);
    }

    [Theory]
    [MemberData(nameof(HostileIds))]
    public async Task Any_other_text_is_replaced_and_stands_in_no_header_and_no_log(string id)
    {
        var log = LogCapture.Json();
        await using var service = await AnyServiceAsync(log);

        foreach (var path in new[] { "/hello", "/nowhere", "/broken" })
        {
            var own = (await AskAsync(service.Http, path, id)).ShouldHaveSingleItem();
            own.ShouldMatch("^[0-9a-f]{20}$");
        }

        if (id.Length > 0) log.All.ShouldNotContain(id);
        log.All.ShouldContain("\"RequestId\":\"");
    }

    [Fact]
    public async Task Two_ids_are_none()
    {
        await using var service = await AnyServiceAsync();

        (await AskAsync(service.Http, "/hello", "one", "two")).ShouldHaveSingleItem().ShouldMatch("^[0-9a-f]{20}$");
    }

    [Fact]
    public async Task Each_line_of_a_request_carries_its_id()
    {
        var log = LogCapture.Text();
        await using var service = await AnyServiceAsync(log);

        await AskAsync(service.Http, "/broken", "CRM_req.42");

        log.All.ShouldContain("request_id=CRM_req.42");
        log.Written.Count(line => line.Contains("request_id=CRM_req.42", StringComparison.Ordinal))
            .ShouldBe(2, "the error, and the problem that was answered");
    }

    [Fact]
    public async Task The_gateway_passes_on_the_id_that_it_answers()
    {
        var seen = new List<string>();
        await using var upstream = await Upstream.StartAsync((context, _) =>
        {
            seen.Add(context.Request.Headers[Header].ToString());
            context.Response.Headers[Header] = "of the service";
            return Task.CompletedTask;
        });
        await using var gateway = await GatewayHost.StartAsync(_folder, upstream);

        var given = await AskAsync(gateway.Http, "/api/v1/me", "CRM_req.42");
        var own = await AskAsync(gateway.Http, "/api/v1/me", "<script>");

        given.ShouldBe(["CRM_req.42"]);
        seen.ShouldBe(["CRM_req.42", own.ShouldHaveSingleItem()]);
        own.Single().ShouldMatch("^[0-9a-f]{20}$");
    }

    [Fact]
    public async Task Whoever_answers_of_the_product_gives_an_id()
    {
        await using var standalone = await ServiceUnderTest.StartAsync(StandaloneHost.Build(
            ServiceUnderTest.Arguments(_folder.Path, "RateLimits:PerAddressBurst=8", "RateLimits:PerAddressPerSecond=1")));

        string[] paths =
        [
            "/", "/health/live", "/health/ready", "/openapi/v1.json", "/docs", "/webhooks/instagram", "/api/v1/me", "/nowhere",
            "/api/v1/me?nonsense=1",
        ];
        foreach (var path in paths)
        {
            using var answer = await standalone.Http.GetAsync(path);
            answer.Headers.GetValues(Header).ShouldHaveSingleItem($"{path}: {answer.StatusCode}");
        }

        // Far more at once than the limit refills on the slowest machine.
        var many = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => standalone.Http.GetAsync("/api/v1/me")));
        many.ShouldContain(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        many.ShouldAllBe(answer => answer.Headers.GetValues(Header).Count() == 1);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<IReadOnlyList<string>> AskAsync(HttpClient http, string path, params string[] ids)
    {
        using var client = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 })
        {
            BaseAddress = http.BaseAddress,
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var id in ids) request.Headers.TryAddWithoutValidation(Header, id);
        using var answer = await client.SendAsync(request);
        return [.. answer.Headers.GetValues(Header)];
    }

    private Task<ServiceUnderTest> AnyServiceAsync(LogCapture? log = null) => ServiceUnderTest.StartAsync(
        _folder.Path,
        builder =>
        {
            if (log is not null) builder.Logging.AddProvider(log).AddFilter<LogCapture>("Microsoft", LogLevel.Warning)
                .AddFilter<LogCapture>("InstaMessenger", LogLevel.Information);
        },
        app =>
        {
            app.MapGet("/hello", () => "hello").AllowAnonymous();
            app.MapGet("/broken", string () => throw new InvalidOperationException("broken")).AllowAnonymous();
        });
}
