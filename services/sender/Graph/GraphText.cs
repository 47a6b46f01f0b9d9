using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace InstaMessenger.Sender.Graph;

/// <summary>Text out of Meta's answers, for people: always valid Unicode without control characters, whatever the bytes are.</summary>
internal static partial class GraphText
{
    /// <summary>Decodes the inside of a JSON string. What is no UTF-8, and half a surrogate pair, becomes U+FFFD.</summary>
    /// <param name="json">The bytes between the quotes.</param>
    public static string Decode(ReadOnlySpan<byte> json)
    {
        var text = Encoding.UTF8.GetString(json);
        return text.Contains('\\') ? WellFormed(Escape().Replace(text, match => Unescape(match.Value))) : text;
    }

    /// <summary>Cuts a sentence between two characters as people see them.</summary>
    /// <param name="text">The sentence; null stays null.</param>
    /// <param name="longest">The most UTF-16 units that are left.</param>
    public static string? Cut(string? text, int longest)
    {
        if (text is null) return null;
        text = string.Create(text.Length, text, (span, source) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
        if (text.Length <= longest) return text;
        var end = 0;
        while (StringInfo.GetNextTextElementLength(text.AsSpan(end)) is var length && end + length <= longest) end += length;
        // One character may be longer than the whole room: a letter with hundreds of accents.
        if (end == 0) end = char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest;
        return text[..end];
    }

    private static string Unescape(string escape) => escape[1] switch
    {
        'u' => ((char)int.Parse(escape.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString(),
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        'b' => "\b",
        'f' => "\f",
        var plain => plain.ToString(),
    };

    private static string WellFormed(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) result.Append(rune);
        return result.ToString();
    }

    [GeneratedRegex(@"\\(?:u[0-9a-fA-F]{4}|.)", RegexOptions.CultureInvariant | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Escape();
}
