namespace InstaMessenger.Simulator.Meta.Customers;

/// <summary>One bubble as the customer sees it.</summary>
/// <param name="Mid">Meta's id of it.</param>
/// <param name="FromCustomer">Who wrote it.</param>
/// <param name="Text">Null for an attachment.</param>
/// <param name="AttachmentType">Null for a text.</param>
/// <param name="AttachmentUrl">Null for a text and for attachments without a URL.</param>
/// <param name="At">When.</param>
public sealed record ChatMessage(
    string Mid, bool FromCustomer, string? Text, string? AttachmentType, string? AttachmentUrl, DateTimeOffset At)
{
    /// <summary>The other images of an album.</summary>
    public IReadOnlyList<string> MoreUrls { get; init; } = [];

    /// <summary>The customer's reaction.</summary>
    public string? Reaction { get; init; }

    /// <summary>The business's reaction.</summary>
    public string? BusinessReaction { get; init; }

    /// <summary>Taken back; the text is gone.</summary>
    public bool Unsent { get; init; }

    /// <summary>How often it was edited.</summary>
    public int Edits { get; init; }
}
