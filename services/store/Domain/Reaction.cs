namespace InstaMessenger.Store.Domain;

/// <summary>The two sides of a thread.</summary>
internal enum Party
{
    Customer,
    Business,
}

/// <summary>What one side thinks of a message, or that it took that back; only its last reaction counts.</summary>
/// <param name="By">Who reacted.</param>
/// <param name="Name">Meta's word, like <c>love</c>; null when it gave none, and when the reaction was taken back.</param>
/// <param name="Emoji">The character; null when Meta gave none, and when the reaction was taken back.</param>
/// <param name="At">When, by Meta's clock.</param>
internal sealed record Reaction(Party By, string? Name, string? Emoji, DateTimeOffset At)
{
    public bool IsTakenBack => Name is null && Emoji is null;

    public bool Says(Reaction? other) => other is null ? IsTakenBack : (Name, Emoji) == (other.Name, other.Emoji);

    /// <summary>
    /// Whether this one is the later of two. Of two at the same moment always the same one is, in whatever order they come.
    /// </summary>
    public bool IsLaterThan(Reaction other) => At != other.At ? At > other.At
        : IsTakenBack != other.IsTakenBack ? IsTakenBack
        : string.CompareOrdinal(Name + "\n" + Emoji, other.Name + "\n" + other.Emoji) > 0;
}
