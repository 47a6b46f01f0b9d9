using System.Globalization;
using System.Text;

namespace InstaMessenger.Store.Outbound;

/// <summary>Cuts a text that is too long for one message into parts, between characters as people see them.</summary>
internal static class TextParts
{
    /// <summary>Meta's limit (Send API: "1000 bytes or less, UTF-8").</summary>
    public const int MostBytes = 1000;

    /// <summary>
    /// Cuts behind the last blank of a part where there is one, and never within a character. The parts together are the text, but for
    /// parts of nothing but blanks, which Instagram refuses.
    /// </summary>
    public static IReadOnlyList<string> Of(string text)
    {
        var parts = new List<string>();
        while (text.Length > 0)
        {
            var end = EndOf(text);
            if (!string.IsNullOrWhiteSpace(text[..end])) parts.Add(text[..end]);
            text = text[end..];
        }

        return parts;
    }

    private static int EndOf(string text)
    {
        var (end, bytes, blank) = (0, 0, 0);
        while (end < text.Length)
        {
            var length = StringInfo.GetNextTextElementLength(text.AsSpan(end));
            bytes += Encoding.UTF8.GetByteCount(text.AsSpan(end, length));
            if (bytes > MostBytes) return blank > 0 ? blank : end > 0 ? end : WithinOne(text);
            if (char.IsWhiteSpace(text[end])) blank = end + length;
            end += length;
        }

        return end;
    }

    /// <summary>One character may be longer than a whole part: a letter with hundreds of accents. It is cut between two of them.</summary>
    private static int WithinOne(string text)
    {
        var (end, bytes) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MostBytes) break;
            end += rune.Utf16SequenceLength;
        }

        return end;
    }
}
