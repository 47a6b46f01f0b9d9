using System.Net;
using System.Text;
using InstaMessenger.Standalone;
using InstaMessenger.Tests.Ingress;

namespace InstaMessenger.Tests.Standalone;

public sealed class StandaloneHostTests
{
    [Fact]
    public async Task One_process_takes_webhooks_and_shows_its_page_behind_the_edge()
    {
        using var folder = new TemporaryFolder();
        await using var standalone = await ServiceUnderTest.StartAsync(
            StandaloneHost.Build(ServiceUnderTest.Arguments(folder.Path, IngressHost.OneApp)));
        var body = """{"object":"instagram","entry":[]}""";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        content.Headers.Add("X-Hub-Signature-256", IngressHost.Sign(IngressHost.Secret, Encoding.UTF8.GetBytes(body)));

        var taken = await standalone.Http.PostAsync(IngressHost.Path, content);

        taken.StatusCode.ShouldBe(HttpStatusCode.OK);
        taken.Headers.Contains("Content-Security-Policy").ShouldBeTrue();
        (await standalone.Http.GetStringAsync("/")).ShouldContain("InstaMessenger");
        (await standalone.Http.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await standalone.Http.GetAsync("/api/v1/quarantine")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
