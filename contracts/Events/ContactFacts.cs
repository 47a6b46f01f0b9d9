namespace InstaMessenger.Contracts.Events;

/// <summary>
/// How a person and the business stand to each other on Instagram, by Meta's profile call. Each is null when Meta did not tell.
/// <see href="https://developers.facebook.com/docs/messenger-platform/instagram/features/user-profile"/>
/// </summary>
/// <param name="FollowerCount">How many follow the person.</param>
/// <param name="FollowsBusiness">Whether the person follows the business (<c>is_user_follow_business</c>).</param>
/// <param name="FollowedByBusiness">Whether the business follows the person (<c>is_business_follow_user</c>).</param>
/// <param name="IsVerified">Whether Instagram shows the person as verified (<c>is_verified_user</c>).</param>
public sealed record ContactFacts(
    long? FollowerCount = null, bool? FollowsBusiness = null, bool? FollowedByBusiness = null, bool? IsVerified = null)
{
    /// <summary>Meta told nothing.</summary>
    public static ContactFacts None { get; } = new();
}
