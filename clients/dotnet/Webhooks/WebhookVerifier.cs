using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace InstaMessenger.Client;

/// <summary>
/// Proves that a webhook comes from the product, was not changed, and is not an old one that somebody kept: the signature of Standard
/// Webhooks (https://www.standardwebhooks.com). Safe for many threads.
/// </summary>
public sealed class WebhookVerifier
{
    private const string Prefix = "whsec_";
    private const string Version = "v1,";

    /// <summary>How far a timestamp may be off, by the specification.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private readonly byte[][] _keys;
    private readonly TimeProvider _clock;

    /// <summary>Makes a verifier.</summary>
    /// <param name="secret">The endpoint's secret: <c>whsec_…</c>.</param>
    /// <param name="clock">Tells the time; null for the system's.</param>
    public WebhookVerifier(string secret, TimeProvider? clock = null)
        : this([secret], clock)
    {
    }

    /// <summary>Makes a verifier that takes any of several secrets, for the time in which one is replaced by another.</summary>
    /// <param name="secrets">The secrets, at least one.</param>
    /// <param name="clock">Tells the time; null for the system's.</param>
    public WebhookVerifier(IEnumerable<string> secrets, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        _keys = [.. secrets.Select(KeyOf)];
        // An empty key is one that everybody knows.
        if (_keys.Length == 0 || Array.Exists(_keys, key => key.Length == 0))
            throw new ArgumentException("Give a secret.", nameof(secrets));
        _clock = clock ?? TimeProvider.System;
    }

    /// <summary>Verifies a webhook and reads its event.</summary>
    /// <param name="body">The bytes as they came: JSON that was read and written again has another signature.</param>
    /// <param name="header">Gives a header by its name, in any case; null when there is none.</param>
    /// <exception cref="WebhookRefusedException">It is not to be trusted: answer 401.</exception>
    /// <exception cref="System.Text.Json.JsonException">It is signed and no event.</exception>
    public InboxEvent Read(ReadOnlySpan<byte> body, Func<string, string?> header)
    {
        ArgumentNullException.ThrowIfNull(header);
        var verdict = Check(body, header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
        return verdict == WebhookVerdict.Genuine ? InboxEvent.Parse(body) : throw new WebhookRefusedException(verdict);
    }

    /// <summary>Verifies a webhook.</summary>
    /// <param name="body">The bytes as they came.</param>
    /// <param name="id">The header <c>webhook-id</c>.</param>
    /// <param name="timestamp">The header <c>webhook-timestamp</c>: seconds since 1970.</param>
    /// <param name="signature">The header <c>webhook-signature</c>: one <c>v1,…</c> or several with spaces between them.</param>
    public WebhookVerdict Check(ReadOnlySpan<byte> body, string? id, string? timestamp, string? signature)
    {
        if (string.IsNullOrEmpty(id) || string.IsNullOrEmpty(timestamp) || string.IsNullOrEmpty(signature))
            return WebhookVerdict.HeaderMissing;
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return WebhookVerdict.TooOld;
        // The difference of two numbers: a timestamp that is no date must not throw.
        var age = _clock.GetUtcNow().ToUnixTimeSeconds() - (decimal)seconds;
        if (age > (decimal)Tolerance.TotalSeconds) return WebhookVerdict.TooOld;
        if (-age > (decimal)Tolerance.TotalSeconds) return WebhookVerdict.TooNew;

        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var given = signature.Split(' ').Where(part => part.StartsWith(Version, StringComparison.Ordinal))
            .Select(part => Decode(part[Version.Length..])).OfType<byte[]>().ToArray();
        foreach (var key in _keys)
        {
            var expected = HMACSHA256.HashData(key, signed);
            // In a time that does not tell how much of it is right.
            if (Array.Exists(given, one => CryptographicOperations.FixedTimeEquals(one, expected))) return WebhookVerdict.Genuine;
        }

        return WebhookVerdict.WrongSignature;
    }

    /// <summary>The decoded base64 of <c>whsec_…</c>, and the UTF-8 bytes of a secret of another form, as the product takes them.</summary>
    private static byte[] KeyOf(string secret) =>
        secret.StartsWith(Prefix, StringComparison.Ordinal) && Decode(secret[Prefix.Length..]) is { Length: > 0 } key
            ? key
            : Encoding.UTF8.GetBytes(secret);

    private static byte[]? Decode(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : null;
    }
}

/// <summary>Whether a webhook is to be believed, and if not, why.</summary>
public enum WebhookVerdict
{
    /// <summary>The product signed it in the last five minutes.</summary>
    Genuine,

    /// <summary>It has no <c>webhook-id</c>, <c>webhook-timestamp</c> or <c>webhook-signature</c>.</summary>
    HeaderMissing,

    /// <summary>It is older than five minutes, or its timestamp is no number.</summary>
    TooOld,

    /// <summary>It is more than five minutes in the future: one of the two clocks is wrong.</summary>
    TooNew,

    /// <summary>It was changed, or signed with another secret.</summary>
    WrongSignature,
}

/// <summary>A webhook that is not to be trusted.</summary>
/// <param name="verdict">Why.</param>
public sealed class WebhookRefusedException(WebhookVerdict verdict) : Exception($"The webhook is refused: {verdict}.")
{
    /// <summary>Why.</summary>
    public WebhookVerdict Verdict => verdict;
}
