using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Commands;

/// <summary>
/// Redeem the code that Meta's login page gave: for a long-lived token, and for whose it is. A code can be redeemed once. Somebody waits
/// for the answer (<see cref="Events.AccessProven"/>, whose accounts carry their tokens), like for that to <see cref="ProveAccess"/>.
/// </summary>
/// <param name="QuestionId">Names the question; 1 to 40 characters.</param>
/// <param name="AccountId">What code and tokens are encrypted for; there may be no such account.</param>
/// <param name="LoginType">Which login gave the code.</param>
/// <param name="AppId">The Meta app that it was given to.</param>
/// <param name="ProtectedCode">The code, encrypted for <c>SecretPurpose.LoginCode</c>.</param>
/// <param name="RedirectUri">Where Meta sent the browser back to; it must be repeated to the letter.</param>
/// <param name="AskedAt">When it was asked (UTC).</param>
public sealed record RedeemCode(
    string QuestionId,
    AccountId AccountId,
    LoginType LoginType,
    string AppId,
    string ProtectedCode,
    string RedirectUri,
    DateTimeOffset AskedAt)
{
    /// <summary>How long somebody waits for the answer: it takes four calls.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
}
