using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Conversations;

/// <summary>The customer as clients see them; null is what Meta has not told.</summary>
/// <param name="Id">Their IGSID, which is another one for each account that they write to.</param>
/// <param name="Username">What others call them on Instagram, without the @.</param>
/// <param name="Name">What they call themselves.</param>
/// <param name="ProfilePictureUrl">Where their picture is: a path of ours, or Meta's address where the account shows links.</param>
/// <param name="FollowerCount">How many follow them, as of the last time that Meta was asked.</param>
/// <param name="IsUserFollowBusiness">Whether they follow the account.</param>
/// <param name="IsBusinessFollowUser">Whether the account follows them.</param>
/// <param name="IsVerifiedUser">Whether Instagram shows them as verified.</param>
internal sealed record ContactView(
    InstagramUserId Id,
    string? Username,
    string? Name,
    string? ProfilePictureUrl,
    long? FollowerCount,
    bool? IsUserFollowBusiness,
    bool? IsBusinessFollowUser,
    bool? IsVerifiedUser)
{
    public static ContactView Of(Conversation conversation) => new(
        conversation.ContactId,
        conversation.ContactUsername,
        conversation.ContactName,
        conversation.ContactPictureUrl,
        conversation.ContactFollowerCount,
        conversation.ContactFollowsBusiness,
        conversation.ContactFollowedByBusiness,
        conversation.ContactIsVerified);

    /// <summary>Describes the customer of a thread that may not have begun yet.</summary>
    public static ContactView Of(Conversation? conversation, InstagramUserId? contact) =>
        conversation is null ? OfNobodyKnown(contact!.Value) : Of(conversation);

    /// <summary>Names somebody of whom nothing is told.</summary>
    public static ContactView OfNobodyKnown(InstagramUserId contact) => new(contact, null, null, null, null, null, null, null);
}

/// <summary><c>data</c> of <c>contact.updated</c>.</summary>
internal sealed record ContactEventData(ContactView Contact);
