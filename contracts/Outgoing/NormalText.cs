namespace InstaMessenger.Contracts.Outgoing;

/// <summary>Compares a text that was sent with what Meta gives back: trimmed, with other line ends, or composed otherwise.</summary>
public static class NormalText
{
    /// <summary>
    /// Brings a text into its normal form: one kind of line end, no blanks at the ends of the text and of its lines, every character taken
    /// apart.
    /// </summary>
    /// <param name="text">Any text.</param>
    /// <returns>The form; equal for what was sent and what is given back.</returns>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd());
        return Decomposition.Of(string.Join('\n', lines).Trim());
    }
}
