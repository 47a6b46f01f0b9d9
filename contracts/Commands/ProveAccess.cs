using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Commands;

/// <summary>
/// Ask Meta whose access token this is. Somebody waits for the answer (<see cref="Events.AccessProven"/>), so one that is older than
/// <see cref="Patience"/> is dropped: whoever asked has been told that Meta was away.
/// </summary>
/// <param name="QuestionId">Names the question; 1 to 40 characters.</param>
/// <param name="AccountId">What the token is encrypted for; there may be no such account yet.</param>
/// <param name="LoginType">Which login made the token, and so which Graph host takes it.</param>
/// <param name="ProtectedAccessToken">The token, encrypted for <c>SecretPurpose.AccessToken</c>.</param>
/// <param name="AskedAt">When it was asked (UTC).</param>
public sealed record ProveAccess(
    string QuestionId, AccountId AccountId, LoginType LoginType, string ProtectedAccessToken, DateTimeOffset AskedAt)
{
    /// <summary>How long somebody waits for the answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
}
