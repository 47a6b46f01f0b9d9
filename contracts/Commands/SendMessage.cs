using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Commands;

/// <summary>Send one message: exactly one call of Meta's Send API.</summary>
/// <param name="MessageId">The message; the ledger knows it by this, so a repeated command has no second effect.</param>
/// <param name="AccountId">The account that sends.</param>
/// <param name="AccountVersion">The account's version when the message was accepted; the sender waits for its <c>AccountChanged</c>.</param>
/// <param name="RecipientId">The contact.</param>
/// <param name="Text">At most 1,000 UTF-8 bytes; null when the message is an attachment.</param>
/// <param name="Attachment">The attachment; null when the message is text.</param>
/// <param name="HumanAgentTag">Whether to tag it <c>HUMAN_AGENT</c> (written by a person, 24 h to 7 d after the customer's last message).</param>
/// <param name="ExpiresAt">After this the response window is closed and the message must not be sent (UTC); null when unknown.</param>
/// <param name="AcceptedAt">When the store accepted it (UTC).</param>
public sealed record SendMessage(
    MessageId MessageId,
    AccountId AccountId,
    long AccountVersion,
    InstagramUserId RecipientId,
    string? Text,
    OutgoingAttachment? Attachment,
    bool HumanAgentTag,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset AcceptedAt);

/// <summary>An attachment that Meta fetches from a URL during the call.</summary>
/// <param name="Type">What Meta calls it: <c>image</c>, <c>video</c>, <c>audio</c> or <c>file</c>.</param>
/// <param name="Url">A public https URL.</param>
public sealed record OutgoingAttachment(string Type, string Url);
