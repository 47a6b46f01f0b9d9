using System.Security.Cryptography;
using System.Text.Json;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Security;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Encrypts and decrypts what is secret of endpoints. Each value is bound to its endpoint, or to the account that gave it.
/// </summary>
internal sealed class EndpointSecrets(SecretProtector protector)
{
    private const string Prefix = "whsec_";

    /// <summary>Makes a secret in the form of Standard Webhooks, and what is stored of it.</summary>
    public (string Secret, string Protected) New(WebhookEndpoint endpoint)
    {
        var secret = Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        return (secret, endpoint.AccountId is { } account
            ? protector.Protect(SecretPurpose.WebhookSecret, account, secret)
            : protector.Protect(SecretPurpose.WebhookSecret, endpoint.Id, secret));
    }

    public string? Protect(WebhookEndpoint endpoint, IReadOnlyDictionary<string, string> headers) => headers.Count == 0
        ? null
        : protector.Protect(SecretPurpose.WebhookHeaders, endpoint.Id, JsonSerializer.Serialize(headers));

    /// <exception cref="CryptographicException">They were changed, or encrypted with a lost key.</exception>
    public IReadOnlyDictionary<string, string> HeadersOf(WebhookEndpoint endpoint) => endpoint.ProtectedHeaders is null
        ? new Dictionary<string, string>()
        : JsonSerializer.Deserialize<Dictionary<string, string>>(
            protector.Unprotect(SecretPurpose.WebhookHeaders, endpoint.Id, endpoint.ProtectedHeaders))!;

    /// <summary>What each post carries of the endpoint's secrets; null when they cannot be decrypted.</summary>
    public PostSecrets? ForPosts(WebhookEndpoint endpoint)
    {
        try
        {
            return new PostSecrets(
                KeyOf(endpoint, endpoint.ProtectedSecret),
                endpoint.PreviousSecretUntil is null ? null : KeyOf(endpoint, endpoint.PreviousProtectedSecret),
                endpoint.PreviousSecretUntil,
                HeadersOf(endpoint));
        }
        catch (Exception error) when (error is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }

    private byte[]? KeyOf(WebhookEndpoint endpoint, string? stored) => stored is null
        ? null
        : WebhookSigner.KeyOf(endpoint.AccountId is { } account
            ? protector.Unprotect(SecretPurpose.WebhookSecret, account, stored)
            : protector.Unprotect(SecretPurpose.WebhookSecret, endpoint.Id, stored));
}

/// <summary>What each post carries of its endpoint's secrets.</summary>
/// <param name="Key">Signs; null for an endpoint without a secret.</param>
/// <param name="PreviousKey">Signs too, until <paramref name="PreviousUntil"/>.</param>
/// <param name="PreviousUntil">When the secret before ends (UTC).</param>
/// <param name="Headers">Its owner's headers.</param>
internal sealed record PostSecrets(
    byte[]? Key, byte[]? PreviousKey, DateTimeOffset? PreviousUntil, IReadOnlyDictionary<string, string> Headers)
{
    public static readonly PostSecrets None = new(null, null, null, new Dictionary<string, string>());

    /// <summary>The keys that are valid now, newest first.</summary>
    public IReadOnlyList<byte[]> KeysAt(DateTimeOffset now) =>
        Key is null ? [] : PreviousKey is not null && now < PreviousUntil ? [Key, PreviousKey] : [Key];
}
