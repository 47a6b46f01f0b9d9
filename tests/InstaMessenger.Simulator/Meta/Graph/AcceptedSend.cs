using InstaMessenger.Simulator.Meta.Accounts;

namespace InstaMessenger.Simulator.Meta.Graph;

/// <summary>A message that the customer got, whatever the caller was told.</summary>
/// <param name="Account">The professional account id.</param>
/// <param name="Host">Which of the two hosts was called.</param>
/// <param name="Recipient">The IGSID, or a comment id for a private reply.</param>
/// <param name="Text">Null for an attachment.</param>
/// <param name="AttachmentType">The first attachment's type; null for a text.</param>
/// <param name="AttachmentUrl">The first attachment's URL.</param>
/// <param name="Mid">Meta's id.</param>
/// <param name="At">When it was accepted.</param>
/// <param name="Tag"><c>HUMAN_AGENT</c>, or null.</param>
/// <param name="ReplyTo">The mid that it answers, or null.</param>
/// <param name="Answer">What the caller was told: <c>ok</c>, or the fault.</param>
public sealed record AcceptedSend(
    string Account, GraphHost Host, string Recipient, string? Text, string? AttachmentType, string? AttachmentUrl,
    string Mid, DateTimeOffset At, string? Tag, string? ReplyTo, string Answer);
