using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace InstaMessenger.Simulator.Crm;

/// <summary>Checks the two signatures of a delivery, without allocating: the benchmarks' CRM must not be the bottleneck.</summary>
internal static class CrmSignature
{
    private const string Prefix = "whsec_";

    /// <summary>The key of a secret: decoded after <c>whsec_</c>, else its UTF-8 bytes.</summary>
    public static byte[] Key(string secret)
    {
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal)) return Encoding.UTF8.GetBytes(secret);
        var encoded = secret.AsSpan(Prefix.Length);
        var key = new byte[encoded.Length];
        return Convert.TryFromBase64Chars(encoded, key, out var length) ? key[..length] : Encoding.UTF8.GetBytes(secret);
    }

    /// <summary>Whether one of the space-separated <c>v1,…</c> signatures fits one of the keys.</summary>
    /// <param name="keys">The inbox's keys.</param>
    /// <param name="signed"><c>id.timestamp.body</c>.</param>
    /// <param name="header">The header's value.</param>
    public static bool Standard(byte[][] keys, ReadOnlySpan<byte> signed, ReadOnlySpan<char> header)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var key in keys)
        {
            HMACSHA256.HashData(key, signed, expected);
            foreach (var part in header.Split(' '))
            {
                var signature = header[part];
                if (signature.StartsWith("v1,") && Convert.TryFromBase64Chars(signature[3..], given, out var length)
                    && CryptographicOperations.FixedTimeEquals(given[..length], expected)) return true;
            }
        }
        return false;
    }

    /// <summary>Whether <c>sha256=…</c> fits one of the keys.</summary>
    public static bool Hub(byte[][] keys, ReadOnlySpan<byte> body, ReadOnlySpan<char> header)
    {
        if (!header.StartsWith("sha256=")) return false;
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (Convert.FromHexString(header["sha256=".Length..], given, out _, out var length) != OperationStatus.Done) return false;
        foreach (var key in keys)
        {
            HMACSHA256.HashData(key, body, expected);
            if (CryptographicOperations.FixedTimeEquals(given[..length], expected)) return true;
        }
        return false;
    }
}
