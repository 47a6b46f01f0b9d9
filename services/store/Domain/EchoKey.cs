using System.Security.Cryptography;
using System.Text;

namespace InstaMessenger.Store.Domain;

/// <summary>
/// Recognises the content of a send in its echo, which names no message of ours. Meta may give a text back trimmed, with other line ends or
/// composed otherwise than it was sent, so the key is made of a normal form. It is a hash, so that nobody can read it.
/// </summary>
internal static class EchoKey
{
    /// <summary>The longest key, in characters.</summary>
    public const int Longest = 50;

    /// <summary>Returns the key of a content; equal for a send and its echo.</summary>
    /// <param name="kind">What the message is.</param>
    /// <param name="text">Its text.</param>
    /// <param name="attachments">How many attachments it has. Their URLs do not count: an echo has other ones than were sent.</param>
    public static string Of(MessageKind kind, string? text, int attachments) => kind == MessageKind.Text && text is not null
        ? "text:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Normal(text))).AsSpan(0, 16))
        : $"{kind.ToString().ToLowerInvariant()}:{attachments}";

    /// <summary>
    /// Brings a text into its normal form: one kind of line end, no blanks at the ends of the text and of its lines, every character taken
    /// apart.
    /// </summary>
    private static string Normal(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd());
        return Decomposition.Of(string.Join('\n', lines).Trim());
    }
}
