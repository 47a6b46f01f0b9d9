using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Events;

/// <summary>Meta gave a new token for one that it had given before. It counts only while the account still has the earlier one.</summary>
/// <param name="EarlierToken">The token that was refreshed, exactly as the account had it: encrypted.</param>
/// <param name="ProtectedAccessToken">The new one, encrypted for <c>SecretPurpose.AccessToken</c>.</param>
/// <param name="ExpiresAt">When the new one ends (UTC); null when Meta did not say.</param>
public sealed record TokenRefreshed(AccountId AccountId, string EarlierToken, string ProtectedAccessToken, DateTimeOffset? ExpiresAt);
