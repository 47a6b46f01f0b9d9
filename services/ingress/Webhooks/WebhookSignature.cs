using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace InstaMessenger.Ingress.Webhooks;

/// <summary>
/// <c>X-Hub-Signature-256: sha256=&lt;64 hex digits&gt;</c>, the HMAC-SHA256 of the bytes as they came. Meta signs its escaped-unicode
/// form, which is what is on the wire, so a body that was parsed and written again does not verify.
/// </summary>
internal sealed class WebhookSignature(IOptions<InstagramOptions> options)
{
    public const string Header = "X-Hub-Signature-256";

    private const string Prefix = "sha256=";

    private readonly byte[][] _secrets = [.. options.Value.Apps.Select(app => Encoding.UTF8.GetBytes(app.AppSecret))];

    /// <summary>
    /// Whether one of the configured secrets made the signature. Always tries all, so that the time does not tell which one did.
    /// </summary>
    public bool IsValid(StringValues header, ReadOnlySpan<byte> body)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (!TryParse(header, given)) return false;

        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var valid = false;
        foreach (var secret in _secrets)
        {
            HMACSHA256.HashData(secret, body, expected);
            valid |= CryptographicOperations.FixedTimeEquals(given, expected);
        }

        return valid;
    }

    private static bool TryParse(StringValues header, Span<byte> signature)
    {
        // Of two headers one would be checked here and perhaps the other by a proxy in front: neither is trusted.
        if (header.Count != 1 || header[0] is not { } text) return false;
        if (text.Length != Prefix.Length + (2 * signature.Length) || !text.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        return Convert.FromHexString(text.AsSpan(Prefix.Length), signature, out _, out _) == OperationStatus.Done;
    }
}
