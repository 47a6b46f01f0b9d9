using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Signs a delivery in both forms: Standard Webhooks (https://www.standardwebhooks.com) with its id and time, and Meta's
/// <c>X-Hub-Signature-256</c> over the body alone for receivers written for the older form.
/// </summary>
internal static class WebhookSigner
{
    private const string Prefix = "whsec_";

    /// <summary>The key of a secret: the decoded base64 of <c>whsec_…</c>; the UTF-8 bytes of anything else.</summary>
    public static byte[] KeyOf(string secret)
    {
        var bytes = new byte[secret.Length];
        return secret.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(secret[Prefix.Length..], bytes, out var length) && length > 0
            ? bytes[..length]
            : Encoding.UTF8.GetBytes(secret);
    }

    /// <summary>
    /// The value of <c>webhook-signature</c>: one <c>v1,…</c> per valid key, separated by spaces, so that a receiver may know any of them.
    /// Of several the first stands at the end once more: the library of Standard Webhooks for .NET (1.1.2) never looks at the last one, and
    /// who has it and the secret before would refuse each post until they have the new one.
    /// </summary>
    public static string Standard(IReadOnlyList<byte[]> keys, string id, long timestamp, byte[] body)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.");
        var length = Encoding.UTF8.GetByteCount(head) + body.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            body.CopyTo(buffer, Encoding.UTF8.GetBytes(head, buffer));
            var signed = buffer.AsSpan(0, length);
            var signatures = new string[keys.Count];
            for (var i = 0; i < keys.Count; i++) signatures[i] = "v1," + Convert.ToBase64String(HMACSHA256.HashData(keys[i], signed));
            return string.Join(' ', keys.Count > 1 ? [.. signatures, signatures[0]] : signatures);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The value of <c>X-Hub-Signature-256</c>. It has room for one signature.</summary>
    public static string Hub(byte[] key, byte[] body) => "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(key, body));
}
