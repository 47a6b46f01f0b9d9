using System.Security.Cryptography;
using InstaMessenger.Contracts.Ids;
using Microsoft.AspNetCore.DataProtection;

namespace InstaMessenger.Hosting.Security;

/// <summary>What a protected secret is for. A value protected for one purpose cannot be read for another.</summary>
public enum SecretPurpose
{
    /// <summary>An account's Graph API access token.</summary>
    AccessToken,

    /// <summary>The secret that signs an account's CRM webhooks.</summary>
    WebhookSecret,

    /// <summary>A code of Meta's login page, on its way to be redeemed.</summary>
    LoginCode,
}

/// <summary>
/// Encrypts secrets that are stored or go over the bus. Each is bound to its purpose and account, so that a value moved to another row
/// cannot be read.
/// </summary>
/// <param name="provider">The key ring.</param>
public sealed class SecretProtector(IDataProtectionProvider provider)
{
    /// <summary>Encrypts a secret.</summary>
    /// <param name="purpose">What it is for.</param>
    /// <param name="account">Whose it is.</param>
    /// <param name="secret">The secret.</param>
    /// <returns>Text that is safe to store and to publish.</returns>
    public string Protect(SecretPurpose purpose, AccountId account, string secret) => For(purpose, account).Protect(secret);

    /// <summary>Decrypts a secret.</summary>
    /// <param name="purpose">What it is for.</param>
    /// <param name="account">Whose it is.</param>
    /// <param name="protectedSecret">What <see cref="Protect"/> gave.</param>
    /// <returns>The secret.</returns>
    /// <exception cref="CryptographicException">It was changed, or made for another purpose or account, or with a lost key.</exception>
    public string Unprotect(SecretPurpose purpose, AccountId account, string protectedSecret) =>
        For(purpose, account).Unprotect(protectedSecret);

    private IDataProtector For(SecretPurpose purpose, AccountId account) =>
        provider.CreateProtector("secret", purpose.ToString(), account.Value);
}
