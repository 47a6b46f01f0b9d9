using System.Text;
using InstaMessenger.CrmForwarder.Deliveries;

namespace InstaMessenger.Tests.CrmForwarder.Deliveries;

public sealed class WebhookSignerTests
{
    private const string PublishedSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string PublishedId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string PublishedSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private const long PublishedTimestamp = 1614265330;

    private static readonly byte[] PublishedBody = Encoding.UTF8.GetBytes("""{"test": 2432232314}""");

    [Fact]
    public void The_example_of_standard_webhooks_is_signed_as_published() =>
        WebhookSigner.Standard([WebhookSigner.KeyOf(PublishedSecret)], PublishedId, PublishedTimestamp, PublishedBody)
            .ShouldBe(PublishedSignature);

    [Fact]
    public void Each_valid_secret_signs_and_none_of_them_is_last_alone() =>
        WebhookSigner.Standard(
            [WebhookSigner.KeyOf("new"), WebhookSigner.KeyOf(PublishedSecret)], PublishedId, PublishedTimestamp, PublishedBody)
            .Split(' ').ShouldSatisfyAllConditions(
                signatures => signatures.Length.ShouldBe(3),
                signatures => signatures[0].ShouldNotBe(PublishedSignature),
                signatures => signatures[1].ShouldBe(PublishedSignature),
                signatures => signatures[2].ShouldBe(signatures[0]));

    [Fact]
    public void The_older_form_is_the_hex_of_the_hmac_over_the_body_alone() =>
        WebhookSigner.Hub(WebhookSigner.KeyOf("key"), Encoding.UTF8.GetBytes("The quick brown fox jumps over the lazy dog"))
            .ShouldBe("sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8");

    [Fact]
    public void Whsec_is_decoded() => WebhookSigner.KeyOf("whsec_AQID").ShouldBe([1, 2, 3]);

    [Theory]
    [InlineData("plain")]
    [InlineData("whsec_")]
    [InlineData("whsec_not base64!")]
    [InlineData("WHSEC_AQID")]
    [InlineData("käse")]
    public void Any_other_secret_is_its_utf8_bytes(string secret) => WebhookSigner.KeyOf(secret).ShouldBe(Encoding.UTF8.GetBytes(secret));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public void Bodies_of_any_size_are_signed(int size)
    {
        var body = new byte[size];
        var expected = System.Security.Cryptography.HMACSHA256.HashData("k"u8, [.. "id.1."u8, .. body]);
        WebhookSigner.Standard(["k"u8.ToArray()], "id", 1, body).ShouldBe("v1," + Convert.ToBase64String(expected));
    }
}
