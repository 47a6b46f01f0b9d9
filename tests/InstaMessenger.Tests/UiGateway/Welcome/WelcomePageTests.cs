using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace InstaMessenger.Tests.UiGateway.Welcome;

public sealed class WelcomePageTests
{
    [Fact]
    public async Task The_page_needs_no_credential_and_loads_nothing_from_elsewhere()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await GatewayHost.StartAsync(folder);

        var answer = await gateway.Http.GetAsync("/");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("text/html");
        var html = await answer.Content.ReadAsStringAsync();
        foreach (var link in (string[])["/docs", "/health/ready"]) html.ShouldContain($"href=\"{link}\"");
        foreach (var external in (string[])["http://", "https://", "src=", "url("]) html.ShouldNotContain(external);
    }

    [Fact]
    public async Task The_policy_allows_the_pages_own_style_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await GatewayHost.StartAsync(folder);
        var answer = await gateway.Http.GetAsync("/");
        var style = (await answer.Content.ReadAsStringAsync()).Split("<style>")[1].Split("</style>")[0];
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        answer.Headers.GetValues("Content-Security-Policy").Single()
            .ShouldBe($"default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    }
}
