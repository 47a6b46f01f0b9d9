using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Events;

/// <summary>What came of a <see cref="Commands.LookUpProfile"/>.</summary>
/// <param name="Outcome">Whether Meta told.</param>
/// <param name="Username">Their username; null when Meta gave none.</param>
/// <param name="Name">Their name; null when Meta gave none.</param>
/// <param name="PictureUrl">Meta's address of their picture, which dies in days; null when Meta gave none.</param>
/// <param name="At">When Meta was asked (UTC).</param>
/// <param name="Facts">How they and the business stand to each other; null when Meta gave nothing.</param>
public sealed record ProfileReported(
    AccountId AccountId,
    InstagramUserId ContactId,
    ProfileOutcome Outcome,
    string? Username,
    string? Name,
    string? PictureUrl,
    DateTimeOffset At,
    ContactFacts? Facts = null);

/// <summary>Whether Meta told who a customer is.</summary>
public enum ProfileOutcome
{
    /// <summary>It did.</summary>
    Found,

    /// <summary>It does not: the customer has not agreed, has blocked the account or is gone.</summary>
    Withheld,

    /// <summary>It could not be asked, several times.</summary>
    Failed,
}
