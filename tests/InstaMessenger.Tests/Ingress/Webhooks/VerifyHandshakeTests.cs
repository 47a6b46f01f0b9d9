using System.Net;

namespace InstaMessenger.Tests.Ingress.Webhooks;

public sealed class VerifyHandshakeTests
{
    [Theory]
    [InlineData("hub.mode=subscribe&hub.verify_token=test_verify_token&hub.challenge=1158201444", "1158201444")]
    [InlineData("hub.mode=subscribe&hub.verify_token=other_token&hub.challenge=0001", "0001")]
    [InlineData("hub.mode=subscribe&hub.verify_token=test_verify_token&hub.challenge=%3Cscript%3E%C3%A4", "<script>ä")]
    public async Task The_challenge_comes_back_unchanged_as_plain_text(string query, string challenge)
    {
        using var folder = new TemporaryFolder();
        await using var ingress = await IngressHost.StartAsync(
            folder, [.. IngressHost.OneApp, .. IngressHost.App(1, "other_secret", "other_token")]);

        var answer = await ingress.Http.GetAsync(IngressHost.Path + "?" + query);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("text/plain");
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        (await answer.Content.ReadAsStringAsync()).ShouldBe(challenge);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=77123")]
    [InlineData("hub.mode=subscribe&hub.verify_token=&hub.challenge=77123")]
    [InlineData("hub.mode=subscribe&hub.challenge=77123")]
    [InlineData("hub.mode=subscribe&hub.verify_token=TEST_VERIFY_TOKEN&hub.challenge=77123")]
    [InlineData("hub.mode=subscribe&hub.verify_token=test_verify_token&hub.verify_token=wrong&hub.challenge=77123")]
    [InlineData("hub.mode=unsubscribe&hub.verify_token=test_verify_token&hub.challenge=77123")]
    [InlineData("hub.verify_token=test_verify_token&hub.challenge=77123")]
    [InlineData("hub.mode=subscribe&hub.verify_token=test_verify_token")]
    public async Task Anything_else_is_forbidden(string query)
    {
        using var folder = new TemporaryFolder();
        await using var ingress = await IngressHost.StartAsync(folder, IngressHost.OneApp);

        var answer = await ingress.Http.GetAsync(IngressHost.Path + "?" + query);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("77123");
    }
}
