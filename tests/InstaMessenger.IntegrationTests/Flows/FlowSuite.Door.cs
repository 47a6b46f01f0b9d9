using System.Net.Http.Headers;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.IntegrationTests.Flows;

public abstract partial class FlowSuite
{
    private const string Webhook = "/webhooks/instagram";

    [Fact]
    public async Task The_handshake_answers_the_challenge_as_it_came()
    {
        var answer = await Anonymous.GetAsync(
            $"{Webhook}?hub.mode=subscribe&hub.verify_token={ProductBase.VerifyToken}&hub.challenge=0012<b>");
        answer.Status.ShouldBe(200);
        answer.ContentType.ShouldBe("text/plain");
        answer.Body.ShouldBe("0012<b>");
        (await Anonymous.GetAsync($"{Webhook}?hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1")).ExpectProblem(403);
        (await Anonymous.GetAsync($"{Webhook}?hub.mode=unsubscribe&hub.verify_token={ProductBase.VerifyToken}&hub.challenge=1"))
            .ExpectProblem(403);
        (await Anonymous.GetAsync(Webhook)).ExpectProblem(403);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("sha256=")]
    [InlineData("sha256=zz")]
    [InlineData("sha256=0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task A_webhook_without_the_right_signature_is_refused_and_told_nothing(string? signature)
    {
        var problem = (await PostWebhookAsync("{}"u8.ToArray(), signature)).ExpectProblem(401);
        problem.Text("detail").ShouldBeNull();
    }

    [Fact]
    public async Task A_webhook_of_one_changed_byte_is_refused()
    {
        var shop = await OpenShopAsync();
        var now = TimeProvider.System.GetUtcNow();
        var body = MetaPayloads.Bytes(
            MetaPayloads.Envelope(shop.InstagramId, now, MetaPayloads.Text(shop.InstagramId, "4712", "changed", "text", now)));
        var signature = MetaSignature.Sha256(ProductBase.AppSecret, body);
        body[^20]++;
        (await PostWebhookAsync(body, signature)).ExpectProblem(401);
    }

    [Fact]
    public async Task A_webhook_that_is_too_large_or_no_JSON_object_is_refused()
    {
        (await PostWebhookAsync(new byte[(5 * 1024 * 1024) + 1], "sha256=00")).ExpectProblem(413, "payload_too_large");
        (await PostWebhookAsync("{}"u8.ToArray(), Signed("{}"u8.ToArray()), "text/plain")).ExpectProblem(415);
        byte[][] bodies = ["[]"u8.ToArray(), "null"u8.ToArray(), "{\"entry\":"u8.ToArray(), "{} {}"u8.ToArray(), [0xff, 0xfe], []];
        foreach (var garbage in bodies)
            (await PostWebhookAsync(garbage, Signed(garbage))).ExpectProblem(400);
        (await PostWebhookAsync("{}"u8.ToArray(), Signed("{}"u8.ToArray()))).Status.ShouldBe(200);

        static string Signed(byte[] body) => MetaSignature.Sha256(ProductBase.AppSecret, body);
    }

    [Fact]
    public async Task Bad_input_is_answered_with_a_problem_that_says_which()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        const string Send = "/api/v1/messages/send";
        foreach (var text in new[] { "{", "[]", "null", "", "\"x\"" })
            (await shop.Api.SendAsync(HttpMethod.Post, Send, Json(text))).ExpectProblem(400);

        (await shop.Api.SendAsync(HttpMethod.Post, Send, Json("{\"account_id\":{}}"))).ExpectProblem(422).At("errors.account_id")
            .ShouldNotBeNull();
        (await shop.Api.PostAsync(Send, new { account_id = shop.AccountId, recipient_id = 4, message = "x" })).ExpectProblem(422)
            .At("errors.recipient_id").ShouldNotBeNull();
        (await shop.Api.PostAsync(Send, new { account_id = "nonsense", recipient_id = customer.Igsid, message = "x" })).ExpectProblem(422)
            .At("errors.account_id").ShouldNotBeNull();
        (await shop.Api.PostAsync(Send, new { account_id = shop.AccountId, recipient_id = customer.Igsid })).ExpectProblem(422);
        (await shop.Api.PostAsync(
            Send, new { account_id = shop.AccountId, recipient_id = customer.Igsid, message = new string('x', 1001) })).ExpectProblem(422)
            .At("errors.message").ShouldNotBeNull();
        (await shop.SendAsync(customer, "x", ("Idempotency-Key", new string('k', 256)))).ExpectProblem(422);
        (await shop.Api.SendAsync(HttpMethod.Post, Send, new StringContent("account_id=1"))).ExpectProblem(415);
        (await shop.Api.GetAsync($"/ui/conversations?account_id={shop.AccountId}&cursor=nonsense")).ExpectProblem(400, "bad_cursor");
        (await shop.Api.GetAsync($"/ui/conversations?account_id={shop.AccountId}&limit=many")).ExpectProblem(400);
        (await shop.Api.GetAsync("/ui/conversations?account_id=nonsense")).ExpectProblem(404);
        (await shop.Api.GetAsync("/ui/conversations/nonsense/messages")).ExpectProblem(404);
        (await shop.Api.GetAsync("/api/v1/messages/nonsense")).ExpectProblem(404);
        (await shop.Api.GetAsync("/api/v1/accounts/nonsense")).ExpectProblem(404);
        (await shop.Api.GetAsync("/api/v1/events?after=nonsense")).ExpectProblem(400);
        (await shop.Api.GetAsync("/api/v1/events?after=-1")).ExpectProblem(400);
        (await shop.Api.GetAsync("/api/v1/nothing-here")).ExpectProblem(404, "not_found");
        (await shop.Api.DeleteAsync("/api/v1/events")).ExpectProblem(405, "method_not_allowed");
        shop.Meta.Sends.All.ShouldNotContain(send => send.Account == shop.InstagramId);

        static StringContent Json(string text) => new(text, new MediaTypeHeaderValue("application/json"));
    }

    private Task<Answer> PostWebhookAsync(
        byte[] body, string? signature, string contentType = "application/json", (string, string)[]? headers = null)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        return Anonymous.SendAsync(
            HttpMethod.Post,
            Webhook,
            content,
            [.. headers ?? [], .. signature is null ? [] : new[] { ("X-Hub-Signature-256", signature) }]);
    }
}
