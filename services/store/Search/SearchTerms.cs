using System.Globalization;
using System.Text;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Search;

/// <summary>A term of a text, and where in the text it stands.</summary>
/// <param name="Value">The term as it is indexed.</param>
/// <param name="Start">Its place, in UTF-16 units of the text.</param>
/// <param name="Length">How much of the text it is.</param>
/// <param name="IsRest">
/// Whether it is the last character of a run without spaces, indexed so that it is found by itself; as part of a question it says nothing
/// that the pair before it does not.
/// </param>
internal readonly record struct Term(string Value, int Start, int Length, bool IsRest = false);

/// <summary>
/// Takes a text apart into what is searched for, the same for every database: words where a script has spaces, else pairs of neighbouring
/// characters (Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese), and each emoji. Capitals, accents and vowel signs make no
/// difference.
/// </summary>
internal static class SearchTerms
{
    /// <summary>Few messages have more; what is behind is not found.</summary>
    private const int Most = 200;

    /// <summary>Blocks whose scripts are written without spaces.</summary>
    private static readonly (int First, int Last)[] WithoutSpaces =
    [
        (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17FF), (0x2E80, 0x9FFF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF),
        (0xFF66, 0xFF9D), (0x20000, 0x3FFFF),
    ];

    /// <summary>The ASCII characters once more, as wide as Chinese ones.</summary>
    private const int FirstWide = 0xFF01;

    private const int LastWide = 0xFF5E;

    /// <summary>The distinct terms of a text, for the index.</summary>
    public static IReadOnlyList<string> Of(string? text) =>
        text is null ? [] : [.. Read(text).Select(term => term.Value).Distinct(StringComparer.Ordinal).Take(Most)];

    /// <summary>All terms of a text, in order.</summary>
    public static List<Term> Read(string text)
    {
        var terms = new List<Term>();
        var word = new StringBuilder();
        var (wordStart, wordEnd) = (0, 0);
        Term? before = null;
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var (start, category) = (at, Rune.GetUnicodeCategory(rune));
            at += rune.Utf16SequenceLength;
            // Signs on the letter before: accents, vowels, what makes an emoji of a character, and a stretched Arabic line.
            if (category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
                or UnicodeCategory.Format or UnicodeCategory.ModifierSymbol || rune.Value == 0x0640) continue;
            var isLetter = Rune.IsLetterOrDigit(rune);
            if (isLetter && HasNoSpaces(rune))
            {
                EndWord();
                var one = new Term(rune.ToString(), start, rune.Utf16SequenceLength);
                if (before is { } first) terms.Add(new Term(first.Value + one.Value, first.Start, at - first.Start));
                before = one;
                continue;
            }

            EndRun();
            if (isLetter)
            {
                if (word.Length == 0) wordStart = start;
                word.Append(Fold(rune));
                wordEnd = at;
                continue;
            }

            EndWord();
            if (category == UnicodeCategory.OtherSymbol) terms.Add(new Term(rune.ToString(), start, rune.Utf16SequenceLength));
        }

        EndWord();
        EndRun();
        return terms;

        void EndWord()
        {
            if (word.Length > 0) terms.Add(new Term(Cut(word.ToString()), wordStart, wordEnd - wordStart));
            word.Clear();
        }

        void EndRun()
        {
            if (before is { } last) terms.Add(last with { IsRest = true });
            before = null;
        }
    }

    private static bool HasNoSpaces(Rune rune) =>
        rune.Value >= 0x0E00 && Array.Exists(WithoutSpaces, block => rune.Value >= block.First && rune.Value <= block.Last);

    /// <summary>
    /// Takes capitals and accents away, and the width of Latin letters among Chinese ones. The process has no tables of the system's, so a
    /// letter is taken apart by our own.
    /// </summary>
    private static string Fold(Rune rune)
    {
        if (rune.Value is >= FirstWide and <= LastWide) rune = new Rune(rune.Value - FirstWide + '!');
        if (rune.IsAscii) return ((char)rune.Value).ToString().ToLowerInvariant();
        var letters = Decomposition.Of(rune.ToString()).Where(
            c => CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark);
        return string.Concat(letters).ToLowerInvariant();
    }

    /// <summary>Cuts a word, and no character of it in halves.</summary>
    private static string Cut(string word)
    {
        const int Longest = SearchTerm.Longest;
        return word.Length <= Longest ? word : word[..(char.IsHighSurrogate(word[Longest - 1]) ? Longest - 1 : Longest)];
    }
}
