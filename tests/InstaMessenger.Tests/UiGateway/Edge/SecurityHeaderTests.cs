using System.Net;
using InstaMessenger.UiGateway.Edge;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace InstaMessenger.Tests.UiGateway.Edge;

public sealed class SecurityHeaderTests
{
    public static TheoryData<string, string, HttpStatusCode> Answers() => new()
    {
        { "GET", "/", HttpStatusCode.OK },
        { "GET", "/api/v1/accounts", HttpStatusCode.OK },
        { "GET", "/docs", HttpStatusCode.OK },
        { "GET", "/nothing", HttpStatusCode.NotFound },
        { "GET", "/health/ready", HttpStatusCode.OK },
        { "POST", "/api/v1/too-large", HttpStatusCode.RequestEntityTooLarge },
        { "GET", "/api/v1/sends", HttpStatusCode.BadGateway },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Every_answer_has_the_security_headers(string method, string path, HttpStatusCode status)
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await Upstream.EchoAsync();
        await using var gateway = await GatewayHost.StartAsync(folder, upstream, "Services:Sender=http://127.0.0.1:1");
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST") request.Content = new ByteArrayContent(new byte[2 * 1024 * 1024]);

        var answer = await gateway.Http.SendAsync(request);

        answer.StatusCode.ShouldBe(status);
        ShouldBeGuarded(answer);
    }

    [Fact]
    public async Task A_refusal_by_the_rate_limit_has_them_too()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await GatewayHost.StartAsync(
            folder, upstream: null, "RateLimits:PerAddressBurst=1", "RateLimits:PerAddressPerSecond=1");
        HttpResponseMessage answer;
        do answer = await gateway.Http.GetAsync("/");
        while (answer.StatusCode == HttpStatusCode.OK);
        answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        ShouldBeGuarded(answer);
    }

    [Theory]
    [InlineData("https", "max-age=31536000")]
    [InlineData("http", "")]
    public async Task Browsers_are_told_to_stay_with_https_only_where_it_is_spoken(string scheme, string expected)
    {
        var context = new DefaultHttpContext();
        var response = new StartedResponse();
        context.Features.Set<IHttpResponseFeature>(response);
        context.Request.Scheme = scheme;

        await SecurityHeaders.AddAsync(context, _ => response.StartAsync());

        context.Response.Headers.StrictTransportSecurity.ToString().ShouldBe(expected);
    }

    private static void ShouldBeGuarded(HttpResponseMessage answer)
    {
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors 'none'");
        answer.Headers.Contains("Server").ShouldBeFalse();
    }

    private sealed class StartedResponse : HttpResponseFeature
    {
        private Func<Task> _starting = () => Task.CompletedTask;

        public override void OnStarting(Func<object, Task> callback, object state) => _starting = () => callback(state);

        public Task StartAsync() => _starting();
    }
}
