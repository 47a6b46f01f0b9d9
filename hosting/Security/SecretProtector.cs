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

    /// <summary>The headers that an endpoint's owner wants on its CRM webhooks.</summary>
    WebhookHeaders,

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
    /// <returns>Text that is safe to store and to publish.</returns>
    public string Protect(SecretPurpose purpose, AccountId account, string secret) => For(purpose, account).Protect(secret);

    /// <summary>Encrypts a secret of something else than an account.</summary>
    /// <param name="purpose">What it is for.</param>
    /// <param name="owner">The id of what it belongs to, with its prefix: never the same as an account's.</param>
    /// <returns>Text that is safe to store.</returns>
    public string Protect(SecretPurpose purpose, string owner, string secret) => For(purpose, owner).Protect(secret);

    /// <summary>Decrypts a secret of something else than an account.</summary>
    /// <param name="purpose">What it is for.</param>
    /// <param name="owner">The id of what it belongs to.</param>
    /// <param name="protectedSecret">What was made of it.</param>
    /// <returns>The secret.</returns>
    /// <exception cref="CryptographicException">It was changed, or made for another purpose or owner, or with a lost key.</exception>
    public string Unprotect(SecretPurpose purpose, string owner, string protectedSecret) =>
        For(purpose, owner).Unprotect(protectedSecret);

    /// <summary>Decrypts a secret.</summary>
    /// <param name="purpose">What it is for.</param>
    /// <param name="protectedSecret">What was made of it.</param>
    /// <returns>The secret.</returns>
    /// <exception cref="CryptographicException">It was changed, or made for another purpose or account, or with a lost key.</exception>
    public string Unprotect(SecretPurpose purpose, AccountId account, string protectedSecret) =>
        For(purpose, account).Unprotect(protectedSecret);

    private IDataProtector For(SecretPurpose purpose, AccountId account) => For(purpose, account.Value);

    private IDataProtector For(SecretPurpose purpose, string owner) => provider.CreateProtector("secret", purpose.ToString(), owner);
}
