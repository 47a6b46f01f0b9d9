using System.Text;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.Ingress.Webhooks;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace InstaMessenger.Tests.Ingress.Webhooks;

public sealed class WebhookSignatureTests
{
    private const string Secret = "test_app_secret";

    private const string A =
        """{"object":"instagram","entry":[{"time":1752834911539,"id":"17841400000000000","messaging":"""
            + """[{"sender":{"id":"200000000000001"},"recipient":{"id":"17841400000000000"},"timestamp":1752834910447,"message":"""
            + """{"mid":"mid.1","text":"hello"}}]}]}""";

    private const string SignatureOfA = "sha256=8358b38a63f8373e037ec9a1d81d8d2318c4fc048b28068d4acf1a11a8144da3";

    private const string B =
        """{"object":"instagram","entry":[{"time":1752834911539,"id":"17841400000000000","messaging":"""
            + """[{"sender":{"id":"200000000000001"},"recipient":{"id":"17841400000000000"},"timestamp":1752834910447,"message":"""
            + """{"mid":"mid.2","text":"\u00e4\u00f6\u00e5 \u2764\ufe0f"}}]}]}""";

    private const string SignatureOfB = "sha256=4e6526bebae07daf3984136063ddfc526702cebc3460d4b7d182ff35903dcbbc";

    /// <summary>B parsed and written again: the same JSON in other bytes.</summary>
    private static readonly string RewrittenB = B.Replace(@"\u00e4\u00f6\u00e5 \u2764\ufe0f", "äöå ❤️", StringComparison.Ordinal);

    [Theory]
    [InlineData(A, SignatureOfA)]
    [InlineData(B, SignatureOfB)]
    public void Metas_signature_verifies(string body, string signature) => IsValid(signature, body, Secret).ShouldBeTrue();

    [Fact]
    public void The_same_JSON_in_other_bytes_does_not_verify()
    {
        Encoding.UTF8.GetByteCount(RewrittenB).ShouldBe(244);
        IsValid(SignatureOfB, RewrittenB, Secret).ShouldBeFalse();
    }

    [Fact]
    public void A_body_with_any_one_bit_flipped_does_not_verify()
    {
        var body = Encoding.UTF8.GetBytes(A);
        for (var at = 0; at < body.Length; at++)
        {
            body[at] ^= 1;
            Signature(Secret).IsValid(SignatureOfA, body).ShouldBeFalse();
            body[at] ^= 1;
        }

        Signature(Secret).IsValid(SignatureOfA, body).ShouldBeTrue();
    }

    public static TheoryData<string?[]> WrongHeaders() => new(
        [],
        [null],
        [""],
        ["sha256="],
        [SignatureOfA, SignatureOfA],
        [SignatureOfA + ", " + SignatureOfA],
        [SignatureOfA[..^1]],
        [SignatureOfA[..^2]],
        [SignatureOfA + "00"],
        [SignatureOfA[7..]],
        ["SHA256=" + SignatureOfA[7..]],
        ["sha1=d44e72e13b325b47cfc32d2393d15884608a6d47"],
        [" " + SignatureOfA],
        [SignatureOfA[..^1] + "g"],
        [SignatureOfA[..^1] + "ａ"],
        [SignatureOfB]);

    [Theory]
    [MemberData(nameof(WrongHeaders))]
    public void A_missing_doubled_short_or_malformed_header_does_not_verify(string?[] header) =>
        Signature(Secret).IsValid(new StringValues(header), Encoding.UTF8.GetBytes(A)).ShouldBeFalse();

    [Fact]
    public void Hex_digits_may_be_of_either_case() => IsValid("sha256=" + SignatureOfA[7..].ToUpperInvariant(), A, Secret).ShouldBeTrue();

    [Theory]
    [InlineData("other", "another", Secret)]
    [InlineData(Secret, "other", "another")]
    public void Any_of_several_secrets_will_do(params string[] secrets) => IsValid(SignatureOfA, A, secrets).ShouldBeTrue();

    [Fact]
    public void A_secret_that_is_not_ours_does_not_verify() => IsValid(SignatureOfA, A, "other", "another").ShouldBeFalse();

    [Fact]
    public void Without_any_app_nothing_verifies() => IsValid(SignatureOfA, A).ShouldBeFalse();

    private static bool IsValid(string header, string body, params string[] secrets) =>
        Signature(secrets).IsValid(header, Encoding.UTF8.GetBytes(body));

    private static WebhookSignature Signature(params string[] secrets)
    {
        var options = new InstagramOptions();
        foreach (var secret in secrets) options.Apps.Add(new InstagramApp { AppId = "1", AppSecret = secret, VerifyToken = "t" });
        return new WebhookSignature(Options.Create(options));
    }
}
