using System.Security.Cryptography;
using System.Text;
using InstaMessenger.Contracts.Outgoing;

namespace InstaMessenger.Store.Domain;

/// <summary>
/// Recognises the content of a send in its echo, which names no message of ours. The key is made of the text's normal form (see
/// <see cref="NormalText"/>). It is a hash, so that nobody can read it.
/// </summary>
internal static class EchoKey
{
    /// <summary>The longest key, in characters.</summary>
    public const int Longest = 50;

    /// <summary>Returns the key of a content; equal for a send and its echo.</summary>
    /// <param name="kind">What the message is.</param>
    /// <param name="attachments">How many attachments it has. Their URLs do not count: an echo has other ones than were sent.</param>
    public static string Of(MessageKind kind, string? text, int attachments) => kind == MessageKind.Text && text is not null
        ? "text:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(NormalText.Of(text))).AsSpan(0, 16))
        : $"{kind.ToString().ToLowerInvariant()}:{attachments}";
}
