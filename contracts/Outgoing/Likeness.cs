namespace InstaMessenger.Contracts.Outgoing;

/// <summary>What a message looks like in a conversation that is read from Meta, which gives back no id of ours and other URLs.</summary>
/// <param name="Text">The text in its normal form; empty for none.</param>
/// <param name="Attachments">How many attachments it has.</param>
public sealed record Likeness(string Text, int Attachments)
{
    /// <summary>Describes a message.</summary>
    /// <param name="text">The text as sent or as read; null for none.</param>
    /// <param name="attachments">How many attachments it has.</param>
    /// <returns>Equal for what was sent and what is read.</returns>
    public static Likeness Of(string? text, int attachments) => new(NormalText.Of(text ?? ""), attachments);
}
