using System.Text.Json.Serialization;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;

namespace InstaMessenger.Contracts.Commands;

/// <summary>Send one message: exactly one call of Meta's Send API.</summary>
/// <param name="MessageId">The message; the ledger knows it by this, so a repeated command has no second effect.</param>
/// <param name="AccountId">The account that sends.</param>
/// <param name="AccountVersion">
/// The account's version when the message was accepted; the sender waits for its <c>AccountChanged</c>.
/// </param>
/// <param name="Content">What it says; null only in a command of the old form, see <see cref="Whole"/>.</param>
/// <param name="HumanAgentTag">
/// Whether to tag it <c>HUMAN_AGENT</c> (written by a person, 24 h to 7 d after the customer's last message).
/// </param>
/// <param name="ExpiresAt">
/// After this the response window is closed and the message must not be sent (UTC); null only in a command of the old form.
/// </param>
/// <param name="AcceptedAt">When the store accepted it (UTC).</param>
public sealed record SendMessage(
    MessageId MessageId,
    AccountId AccountId,
    long AccountVersion,
    InstagramUserId RecipientId,
    OutgoingContent? Content,
    bool HumanAgentTag,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset AcceptedAt)
{
    /// <summary>The part of the same request that must be sent before this one; null for the first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MessageId? After { get; init; }

    /// <summary>
    /// The message that failed, or of which nobody knows whether it was sent, and that this one is sent instead of; null for a new one. The
    /// sender lets one of the two go.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MessageId? InsteadOf { get; init; }

    /// <summary>The text in the old form, of a command that was on the bus when its store was updated; null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    /// <summary>The attachment in the old form, of a command that was on the bus when its store was updated; null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OutgoingMedia? Attachment { get; init; }

    /// <summary>What the message says, whether the command has the new or the old form.</summary>
    [JsonIgnore]
    public OutgoingContent Whole => Content ?? (Text is { } text ? new OutgoingText(text) : Attachment ?? new OutgoingContent());
}
