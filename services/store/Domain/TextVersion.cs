namespace InstaMessenger.Store.Domain;

/// <summary>What a message said after an edit, or at first.</summary>
/// <param name="Number">Meta's count of edits, from 1; 0 for what the message said at first, null when Meta gave none.</param>
/// <param name="At">When the message got this text, by Meta's clock.</param>
internal sealed record TextVersion(int? Number, string? Text, DateTimeOffset At)
{
    public bool IsFirst => Number == 0;

    /// <summary>Whether Meta told the same edit twice. Without a number the time is all that tells two edits apart.</summary>
    public bool IsSameEdit(TextVersion other) =>
        Number == other.Number && Text == other.Text && (Number is not null || At == other.At);

    /// <summary>Puts the versions in order: always in the same one, however they come.</summary>
    public static IReadOnlyList<TextVersion> InOrder(IEnumerable<TextVersion> versions) =>
    [
        .. versions.OrderByDescending(version => version.IsFirst).ThenBy(version => version.Number ?? int.MaxValue)
            .ThenBy(version => version.At).ThenBy(version => version.Text, StringComparer.Ordinal),
    ];
}
