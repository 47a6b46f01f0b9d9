using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using InstaMessenger.Ingress.Webhooks;

namespace InstaMessenger.Tests.Ingress.Webhooks;

public sealed class ReceiveWebhookTests
{
    [Fact]
    public async Task A_signed_webhook_is_answered_200_and_reaches_the_bus_byte_for_byte()
    {
        using var folder = new TemporaryFolder();
        await using var ingress = await IngressHost.StartAsync(folder, IngressHost.OneApp);
        var body = Encoding.UTF8.GetBytes("{ \"b\":1,\r\n \"a\":\"\\u00e4\",\"a\":[null] }\n");

        var answer = await ingress.PostAsync(body);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var item = await ingress.Bus.NextAsync();
        item.Body.Body.ShouldBe(body);
        item.TraceParent.ShouldNotBeNull();
        (TimeProvider.System.GetUtcNow() - item.Body.ReceivedAt).ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_webhook_is_answered_200_while_the_broker_is_away_and_published_when_it_is_back()
    {
        using var folder = new TemporaryFolder();
        await using var ingress = await IngressHost.StartAsync(folder, IngressHost.OneApp, brokerDown: true);
        for (var n = 0; n < 3; n++) (await ingress.PostAsync($$"""{"n":{{n}}}""")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ingress.ReadyAsync()).ShouldBe(HttpStatusCode.OK);

        ingress.Bus.Down = false;

        for (var n = 0; n < 3; n++) Encoding.UTF8.GetString((await ingress.Bus.NextAsync()).Body.Body).ShouldBe($$"""{"n":{{n}}}""");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("sha256=0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task A_webhook_without_a_right_signature_is_answered_401_without_a_hint(string? signature)
    {
        using var folder = new TemporaryFolder();
        await using var ingress = await IngressHost.StartAsync(folder, IngressHost.OneApp);

        var answer = await ingress.PostAsync(new StringContent("{}"), signature);

        await ShouldBeProblemAsync(answer, HttpStatusCode.Unauthorized, "unauthorized");
        var text = await answer.Content.ReadAsStringAsync();
        foreach (var hint in (string[])["detail", "sha256", "secret", "signature", "hub"]) text.ShouldNotContain(hint, Case.Insensitive);
        answer.Headers.WwwAuthenticate.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_strangers_bearer_token_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        await using var ingress = await IngressHost.StartAsync(folder, IngressHost.OneApp);
        ingress.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "made-up");
        (await ingress.PostAsync("{}")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("application/json", HttpStatusCode.OK)]
    [InlineData("Application/JSON; charset=utf-8", HttpStatusCode.OK)]
    [InlineData("text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/jsonp", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/x-www-form-urlencoded", HttpStatusCode.UnsupportedMediaType)]
    public async Task Only_JSON_is_taken(string contentType, HttpStatusCode status)
    {
        using var folder = new TemporaryFolder();
        await using var ingress = await IngressHost.StartAsync(folder, IngressHost.OneApp);
        var answer = await ingress.PostAsync(new StringContent("{}"), IngressHost.Sign(IngressHost.Secret, "{}"u8.ToArray()), contentType);
        answer.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task The_type_is_looked_at_before_the_signature()
    {
        using var folder = new TemporaryFolder();
        await using var ingress = await IngressHost.StartAsync(folder, IngressHost.OneApp);
        var answer = await ingress.PostAsync(new StringContent("{}"), signature: null, "text/plain");
        await ShouldBeProblemAsync(answer, HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{},")]
    [InlineData("hello")]
    [InlineData("\uFEFF{}")]
    public async Task Signed_bytes_that_are_no_JSON_object_are_answered_400(string body)
    {
        using var folder = new TemporaryFolder();
        await using var ingress = await IngressHost.StartAsync(folder, IngressHost.OneApp);
        await ShouldBeProblemAsync(await ingress.PostAsync(body), HttpStatusCode.BadRequest, "not_a_json_object");
    }

    [Fact]
    public async Task A_thousand_levels_of_JSON_are_kept_since_what_is_refused_is_lost()
    {
        using var folder = new TemporaryFolder();
        await using var ingress = await IngressHost.StartAsync(folder, IngressHost.OneApp);
        var body = string.Concat(Enumerable.Repeat("{\"a\":", 1000)) + "1" + new string('}', 1000);
        (await ingress.PostAsync(body)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(false, 0, HttpStatusCode.OK)]
    [InlineData(true, 0, HttpStatusCode.OK)]
    [InlineData(false, 1, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(true, 1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task More_than_5_MiB_is_answered_413_with_or_without_an_announced_length(bool chunked, int beyond, HttpStatusCode status)
    {
        using var folder = new TemporaryFolder();
        await using var ingress = await IngressHost.StartAsync(folder, IngressHost.OneApp);
        var body = new byte[WebhookRules.MostBytes + beyond];
        body.AsSpan().Fill((byte)' ');
        "{}"u8.CopyTo(body);
        ingress.Http.DefaultRequestHeaders.TransferEncodingChunked = chunked;

        var answer = await ingress.PostAsync(body);

        answer.StatusCode.ShouldBe(status);
        if (beyond == 0) (await ingress.Bus.NextAsync()).Body.Body.Length.ShouldBe(WebhookRules.MostBytes);
        else await ShouldBeProblemAsync(answer, status, "payload_too_large");
    }

    private static async Task ShouldBeProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        answer.StatusCode.ShouldBe(status);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        problem.RootElement.GetProperty("code").GetString().ShouldBe(code);
    }
}
