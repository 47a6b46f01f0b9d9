using System.Security.Cryptography;

namespace InstaMessenger.Store.Accounts;

/// <summary>Secrets of CRM webhooks in the form of Standard Webhooks: <c>whsec_</c> and base64.</summary>
internal static class WebhookSecret
{
    public const string Prefix = "whsec_";

    public static string New() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>Whether it has 24 to 64 bytes, as the standard wants: the receiver's library would refuse others.</summary>
    public static bool IsWellFormed(string secret)
    {
        var bytes = new byte[secret.Length];
        return Convert.TryFromBase64String(secret[Prefix.Length..], bytes, out var length) && length is >= 24 and <= 64;
    }
}
