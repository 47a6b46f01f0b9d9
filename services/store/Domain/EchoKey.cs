using System.Security.Cryptography;
using System.Text;

namespace InstaMessenger.Store.Domain;

/// <summary>
/// How the content of a send is known again in its echo, which names no message of ours. Meta may give a text back trimmed, with other line
/// ends or composed otherwise than it was sent; so the key is made of a normal form, and is a hash, because it says nothing that could be
/// read.
/// </summary>
internal static class EchoKey
{
    /// <summary>At most this long.</summary>
    public const int Longest = 50;

    /// <summary>The key of a content; equal for a send and its echo.</summary>
    /// <param name="kind">What the message is.</param>
    /// <param name="text">Its text.</param>
    /// <param name="attachments">How many attachments it has; their URLs are not those that were sent.</param>
    public static string Of(MessageKind kind, string? text, int attachments) => kind == MessageKind.Text && text is not null
        ? "text:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Normal(text))).AsSpan(0, 16))
        : $"{kind.ToString().ToLowerInvariant()}:{attachments}";

    /// <summary>One line end, nothing blank at the ends of the text and of its lines, every character taken apart.</summary>
    private static string Normal(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd());
        return Decomposition.Of(string.Join('\n', lines).Trim());
    }
}
