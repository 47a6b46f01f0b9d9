using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Conversations;

/// <summary>The customer as clients see them.</summary>
internal sealed record ContactView(InstagramUserId Id, string? Username, string? Name, string? ProfilePictureUrl)
{
    public static ContactView Of(Conversation conversation) =>
        new(conversation.ContactId, conversation.ContactUsername, conversation.ContactName, conversation.ContactPictureUrl);

    /// <summary>Describes the customer of a thread that may not have begun yet.</summary>
    public static ContactView Of(Conversation? conversation, InstagramUserId? contact) =>
        conversation is null ? new ContactView(contact!.Value, null, null, null) : Of(conversation);
}

/// <summary><c>data</c> of <c>contact.updated</c>.</summary>
internal sealed record ContactEventData(ContactView Contact);
