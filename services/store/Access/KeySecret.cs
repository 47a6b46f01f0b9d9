using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace InstaMessenger.Store.Access;

/// <summary>The form of API keys: <c>sk_</c> and 32 random bytes as base64url.</summary>
internal static class KeySecret
{
    public const string Prefix = "sk_";
    public const int LookupLength = 8;
    private const int Shortest = 40;
    private const int Longest = 200;

    private static readonly SearchValues<char> Base64UrlChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static bool IsWellFormed(string? key) =>
        key?.StartsWith(Prefix, StringComparison.Ordinal) == true
        && key.Length - Prefix.Length is >= Shortest and <= Longest
        && !key.AsSpan(Prefix.Length).ContainsAnyExcept(Base64UrlChars);

    /// <summary>What a well-formed key is looked up by.</summary>
    public static string LookupOf(string key) => key.Substring(Prefix.Length, LookupLength);

    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
