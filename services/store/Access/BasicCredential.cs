using System.Text;

namespace InstaMessenger.Store.Access;

/// <summary>Username and password of HTTP Basic (RFC 7617), in UTF-8. The password may hold a colon, the username not.</summary>
internal sealed record BasicCredential(string Username, string Password)
{
    private const string Scheme = "Basic ";
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the Authorization header; null when it is anything else.</summary>
    public static BasicCredential? Parse(string? header)
    {
        if (header?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) != true) return null;
        var base64 = header[Scheme.Length..].Trim();
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length)) return null;
        try
        {
            var text = StrictUtf8.GetString(bytes, 0, length);
            var colon = text.IndexOf(':');
            return colon > 0 ? new BasicCredential(text[..colon], text[(colon + 1)..]) : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Leaves the password out, wherever the record is printed.</summary>
    public override string ToString() => nameof(BasicCredential);
}
