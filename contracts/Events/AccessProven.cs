using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Events;

/// <summary>Meta's answer to <see cref="Commands.ProveAccess"/> or <see cref="Commands.RedeemCode"/>.</summary>
/// <param name="Outcome">Whether Meta says whose it is.</param>
/// <param name="Accounts">
/// Whose it is; one for a token, one or more for a code, none unless <see cref="AccessOutcome.Proven"/>.
/// </param>
/// <param name="Code">A stable snake_case code of why not; null when proven.</param>
/// <param name="Message">A sentence for people of why not; null when proven.</param>
/// <param name="At">When Meta answered (UTC).</param>
public sealed record AccessProven(
    string QuestionId, AccessOutcome Outcome, IReadOnlyList<ProvenAccount> Accounts, string? Code, string? Message, DateTimeOffset At);

/// <summary>Whether Meta says whose a token is.</summary>
public enum AccessOutcome
{
    /// <summary>It does.</summary>
    Proven,

    /// <summary>It refuses, and will again: the token, its permissions or its account must change.</summary>
    Refused,

    /// <summary>It could not be asked, or cannot answer now. This says nothing about the token.</summary>
    Unavailable,
}

/// <summary>An account as Meta describes it to its own token.</summary>
/// <param name="InstagramAccountId">
/// The professional account id, which webhooks carry: <c>user_id</c> with Instagram Login, <c>instagram_business_account</c> of the Page
/// with Facebook Login (meta-platform.md 0.1).
/// </param>
/// <param name="AppScopedId">The account's id for this Meta app alone, which no webhook carries; null when there is none.</param>
/// <param name="PageId">The linked Facebook Page; null with Instagram Login.</param>
/// <param name="Username">The account's name without <c>@</c>; null when Meta gave none.</param>
/// <param name="Name">The name that is shown; null when Meta gave none.</param>
/// <param name="PictureUrl">Meta's address of the picture, which dies in days; null when Meta gave none.</param>
public sealed record ProvenAccount(
    InstagramAccountId InstagramAccountId, string? AppScopedId, string? PageId, string? Username, string? Name, string? PictureUrl)
{
    /// <summary>The token that a code was redeemed for, encrypted; null when the question brought the token.</summary>
    public string? ProtectedAccessToken { get; init; }

    /// <summary>When that token ends (UTC); null when it has no fixed end.</summary>
    public DateTimeOffset? TokenExpiresAt { get; init; }

    /// <summary>Who logged in with Facebook, by the id that they have for the app; null for everything else.</summary>
    public string? LoginUserId { get; init; }

    /// <summary>Whether Meta knows the account, for this token, by an id of 1 to 20 digits.</summary>
    /// <param name="id">Any id.</param>
    /// <returns>True for each of the ids above.</returns>
    public bool IsCalled(string id) => id == InstagramAccountId.Value || id == AppScopedId || id == PageId;
}
