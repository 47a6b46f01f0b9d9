namespace InstaMessenger.Client;

/// <summary>A thread with a customer.</summary>
/// <param name="Id"><c>conv_…</c></param>
/// <param name="Contact">The customer.</param>
/// <param name="LastMessage">The newest message; null while there is none, and in the events of messages.</param>
/// <param name="UnreadCount">How many messages came since somebody read it.</param>
/// <param name="AwaitsReply">Whether the customer wrote last, or has nothing of the answer because it failed.</param>
/// <param name="Failed">Whether the newest message of the business failed.</param>
/// <param name="Window">Until when may be written.</param>
/// <param name="UpdatedAt">When it last changed (UTC).</param>
public sealed record Conversation(
    string Id,
    string AccountId,
    Contact Contact,
    Message? LastMessage,
    int UnreadCount,
    bool AwaitsReply,
    bool Failed,
    ResponseWindow Window,
    DateTimeOffset UpdatedAt);

/// <summary>A customer.</summary>
/// <param name="Id">Meta's id of the person, for this account alone; a <see cref="SendMessage.RecipientId"/>.</param>
/// <param name="Username">Null until Meta has told it.</param>
/// <param name="Name">Null until Meta has told it.</param>
/// <param name="ProfilePictureUrl">A path of the product; null while there is no picture.</param>
/// <param name="FollowerCount">How many follow them, as of the last time that Meta was asked.</param>
/// <param name="IsUserFollowBusiness">Whether they follow the account.</param>
/// <param name="IsBusinessFollowUser">Whether the account follows them.</param>
/// <param name="IsVerifiedUser">Whether Instagram shows them as verified.</param>
public sealed record Contact(
    string Id,
    string? Username,
    string? Name,
    string? ProfilePictureUrl,
    long? FollowerCount,
    bool? IsUserFollowBusiness,
    bool? IsBusinessFollowUser,
    bool? IsVerifiedUser);

/// <summary>Until when the business may write.</summary>
/// <param name="State">
/// <c>open</c> (anybody may answer), <c>human_agent</c> (only what a person wrote) or <c>closed</c> (until the customer writes).
/// </param>
/// <param name="ClosesAt">When this state ends, or since when it is closed (UTC); null when the customer never wrote.</param>
public sealed record ResponseWindow(string State, DateTimeOffset? ClosesAt);
