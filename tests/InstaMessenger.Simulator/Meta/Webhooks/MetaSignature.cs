using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace InstaMessenger.Simulator.Meta.Webhooks;

/// <summary>The signatures in Meta's webhook headers.</summary>
public static class MetaSignature
{
    /// <summary>Value of <c>X-Hub-Signature-256</c> over the exact bytes of the body.</summary>
    public static string Sha256(string appSecret, ReadOnlySpan<byte> body) =>
        "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(appSecret), body));

    /// <summary>Value of <c>signed_request</c>, which Meta posts to the callbacks of an app.</summary>
    public static string Request(string appSecret, string userId, DateTimeOffset issuedAt)
    {
        var payload = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(
            new { user_id = userId, algorithm = "HMAC-SHA256", issued_at = issuedAt.ToUnixTimeSeconds() }));
        return Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(appSecret), Encoding.UTF8.GetBytes(payload)))
            + "." + payload;
    }

    /// <summary>Value of the legacy <c>X-Hub-Signature</c>, which Meta still sends beside the other.</summary>
    public static string Sha1(string appSecret, ReadOnlySpan<byte> body) =>
#pragma warning disable CA5350 // Not a choice of ours: it is what Meta sends.
        "sha1=" + Convert.ToHexStringLower(HMACSHA1.HashData(Encoding.UTF8.GetBytes(appSecret), body));
#pragma warning restore CA5350
}
