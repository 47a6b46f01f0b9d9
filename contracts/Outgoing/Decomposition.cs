using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace InstaMessenger.Contracts.Outgoing;

/// <summary>
/// Takes characters apart as Unicode's canonical decomposition does, so that é is equal whether it is written as one character or as two.
/// The product runs without a culture library, where <see cref="string.Normalize()"/> changes nothing; the table beside this file is
/// Unicode's own.
/// </summary>
public static class Decomposition
{
    private const int FirstSyllable = 0xAC00;
    private const int Syllables = 11_172;

    private static readonly Lazy<FrozenDictionary<int, int[]>> Table = new(Load);

    /// <summary>
    /// Takes the text apart. Marks that follow each other are put in one order, which is not Unicode's but always the same.
    /// </summary>
    /// <param name="text">Any text.</param>
    /// <returns>The text in parts.</returns>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Ascii.IsValid(text)) return text;
        var runes = new List<Rune>(text.Length);
        foreach (var rune in text.EnumerateRunes()) Add(rune.Value, runes);
        Order(runes);
        return string.Concat(runes);
    }

    private static void Add(int value, List<Rune> runes)
    {
        if (value is >= FirstSyllable and < FirstSyllable + Syllables) AddSyllable(value - FirstSyllable, runes);
        else if (!Table.Value.TryGetValue(value, out var parts)) runes.Add(new Rune(value));
        else foreach (var part in parts) Add(part, runes);
    }

    /// <summary>Korean syllables are computed (Unicode, 3.12): lead, vowel, and a tail or none.</summary>
    private static void AddSyllable(int index, List<Rune> runes)
    {
        runes.Add(new Rune(0x1100 + (index / 588)));
        runes.Add(new Rune(0x1161 + (index % 588 / 28)));
        if (index % 28 > 0) runes.Add(new Rune(0x11A7 + (index % 28)));
    }

    private static void Order(List<Rune> runes)
    {
        for (var i = 0; i < runes.Count; i++)
        {
            var count = 0;
            while (i + count < runes.Count && Rune.GetUnicodeCategory(runes[i + count]) == UnicodeCategory.NonSpacingMark) count++;
            if (count > 1) runes.Sort(i, count, Comparer<Rune>.Default);
            i += count;
        }
    }

    private static FrozenDictionary<int, int[]> Load()
    {
        using var reader = new StreamReader(typeof(Decomposition).Assembly.GetManifestResourceStream("canonical-decompositions.txt")!);
        var table = new Dictionary<int, int[]>();
        while (reader.ReadLine() is { } line)
        {
            var values = Array.ConvertAll(line.Split(' '), part => int.Parse(part, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            table.Add(values[0], values[1..]);
        }

        return table.ToFrozenDictionary();
    }
}
