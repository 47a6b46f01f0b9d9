using System.Security.Cryptography;
using System.Text;

namespace InstaMessenger.Simulator.Meta.Webhooks;

/// <summary>The signatures in Meta's webhook headers.</summary>
public static class MetaSignature
{
    /// <summary>Value of <c>X-Hub-Signature-256</c> over the exact bytes of the body.</summary>
    public static string Sha256(string appSecret, ReadOnlySpan<byte> body) =>
        "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(appSecret), body));

    /// <summary>Value of the legacy <c>X-Hub-Signature</c>, which Meta still sends beside the other.</summary>
    public static string Sha1(string appSecret, ReadOnlySpan<byte> body) =>
#pragma warning disable CA5350 // Not a choice of ours: it is what Meta sends.
        "sha1=" + Convert.ToHexStringLower(HMACSHA1.HashData(Encoding.UTF8.GetBytes(appSecret), body));
#pragma warning restore CA5350
}
