namespace InstaMessenger.Sender.Graph;

/// <summary>What every customer sees before they write (meta-platform.md 5.5); what is null stays as it is.</summary>
internal sealed record GraphProfile(
    IReadOnlyList<GraphProfile.Part>? IceBreakers = null,
    IReadOnlyList<GraphProfile.Part>? PersistentMenu = null,
    string Platform = "instagram")
{
    /// <param name="CallToActions">What can be tapped.</param>
    /// <param name="Locale">For whom; <c>default</c> for everybody.</param>
    public sealed record Part(IReadOnlyList<Item> CallToActions, string Locale = "default");

    public sealed record Item(
        string? Question = null, string? Payload = null, string? Type = null, string? Title = null, string? Url = null);
}
