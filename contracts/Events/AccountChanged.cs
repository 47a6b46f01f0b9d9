using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Events;

/// <summary>An account was linked, changed or unlinked. Carries the whole state, so that the newest one is enough.</summary>
/// <param name="Version">Grows with each change; a receiver ignores a version that is not newer than its own.</param>
/// <param name="InstagramAccountId">The professional account id: the path of Graph API calls.</param>
/// <param name="LoginType">Which login made the token, and so which Graph host takes it.</param>
/// <param name="ProtectedAccessToken">The access token, encrypted for <c>SecretPurpose.AccessToken</c>; null when unlinked.</param>
/// <param name="CrmWebhookUrl">Where the account's events are posted to; null for nowhere.</param>
/// <param name="ProtectedWebhookSecret">The secret that signs those posts, encrypted for <c>SecretPurpose.WebhookSecret</c>.</param>
/// <param name="Unlinked">Whether the account was unlinked.</param>
public sealed record AccountChanged(
    AccountId AccountId,
    long Version,
    InstagramAccountId InstagramAccountId,
    LoginType LoginType,
    string? ProtectedAccessToken,
    string? CrmWebhookUrl,
    string? ProtectedWebhookSecret,
    bool Unlinked)
{
    /// <summary>The linked Facebook Page, which is what is subscribed to webhooks with Facebook Login; null when there is none.</summary>
    public string? PageId { get; init; }

    /// <summary>The Meta app whose login made the token; null when the token was pasted.</summary>
    public string? AppId { get; init; }

    /// <summary>When the token ends (UTC); null when that is not known, or when it has no fixed end.</summary>
    public DateTimeOffset? TokenExpiresAt { get; init; }
}
