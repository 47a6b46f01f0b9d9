namespace InstaMessenger.Store.Search;

/// <summary>A piece of an excerpt.</summary>
/// <param name="Hit">Whether it is what was searched for.</param>
internal sealed record ExcerptPart(string Text, bool Hit)
{
    /// <summary>How much is shown before the first word that was found, and behind that, in UTF-16 units.</summary>
    private const int Before = 40;

    private const int Behind = 160;

    public static IReadOnlyList<ExcerptPart> Of(string text, IReadOnlyList<Term> hits)
    {
        if (hits.Count == 0) return [];
        var (begin, end) = (Whole(text, hits[0].Start - Before), Whole(text, hits[0].Start + Behind));
        var parts = new List<ExcerptPart>();
        var at = begin;
        foreach (var (start, stop) in Merge(hits).Where(hit => hit.Start < end))
        {
            Add(at, start, hit: false);
            Add(Math.Max(at, start), Math.Min(stop, end), hit: true);
            at = Math.Min(stop, end);
        }

        Add(at, end, hit: false);
        return parts;

        void Add(int from, int to, bool hit)
        {
            if (to > from) parts.Add(new ExcerptPart(text[from..to], hit));
        }
    }

    /// <summary>Pairs of characters overlap.</summary>
    private static IEnumerable<(int Start, int End)> Merge(IReadOnlyList<Term> hits)
    {
        var (start, end) = (hits[0].Start, hits[0].Start + hits[0].Length);
        foreach (var hit in hits.Skip(1))
        {
            if (hit.Start > end)
            {
                yield return (start, end);
                start = hit.Start;
            }

            end = Math.Max(end, hit.Start + hit.Length);
        }

        yield return (start, end);
    }

    /// <summary>A place in the text that is not in the middle of a character.</summary>
    private static int Whole(string text, int place)
    {
        var within = Math.Clamp(place, 0, text.Length);
        return within > 0 && within < text.Length && char.IsLowSurrogate(text[within]) ? within - 1 : within;
    }
}
