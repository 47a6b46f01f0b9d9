using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace InstaMessenger.Store.Inbound;

/// <summary>
/// Replaces broken characters by U+FFFD before anything is parsed. System.Text.Json parses bytes that are no UTF-8 and halves of surrogate
/// pairs, and fails only when they are read or written again: an event with one in it would fail at its commit, for ever, and hold up all
/// that comes behind it.
/// </summary>
internal static partial class WellFormedJson
{
    private const string Replacement = @"\ufffd";

    /// <summary>Returns the body itself when nothing is wrong with it, as with nearly every one.</summary>
    public static byte[] Of(byte[] body)
    {
        var isUtf8 = Utf8.IsValid(body);
        if (isUtf8 && body.AsSpan().IndexOf(@"\ud"u8) < 0 && body.AsSpan().IndexOf(@"\uD"u8) < 0) return body;
        return Encoding.UTF8.GetBytes(
            Escape().Replace(Encoding.UTF8.GetString(body), match => match.Groups["half"].Success ? Replacement : match.Value));
    }

    /// <summary>
    /// Matches every escape, so that the backslash of one is not taken for the beginning of the next, and a whole pair before its halves.
    /// It has no loop, so its time grows with the body alone and needs no limit: one by the clock would give up a large body of escapes on
    /// a busy machine, and its webhook with it.
    /// </summary>
    [GeneratedRegex(
        @"\\[^u]|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})",
        RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Escape();
}
