namespace InstaMessenger.Store.Search;

/// <summary>What somebody searches for: all of its terms must be there, and the last one at least by its beginning.</summary>
/// <param name="Whole">Terms that must be there as they are.</param>
/// <param name="Begin">A term that may go on: the last word, because it may not be written to its end yet.</param>
internal sealed record SearchQuestion(IReadOnlyList<string> Whole, string Begin)
{
    /// <summary>Behind every term that begins like another one.</summary>
    private const string Last = "\U0010FFFF";

    /// <summary>A question with more terms finds nothing more exactly.</summary>
    private const int MostTerms = 8;

    /// <summary>Reads a question; null when there is nothing in it to search for.</summary>
    public static SearchQuestion? Of(string text)
    {
        var terms = SearchTerms.Read(text);
        // The pair before it says all that the last character of a run says.
        var told = terms.Where((term, n) => !term.IsRest || n == 0 || terms[n - 1].Start + terms[n - 1].Length != term.Start + term.Length)
            .Select(term => term.Value).Distinct(StringComparer.Ordinal).Take(MostTerms).ToList();
        if (told.Count == 0) return null;
        return new SearchQuestion(told[..^1], told[^1]);
    }

    public string EndOfBegin => Begin + Last;

    /// <summary>Finds the terms of a text that answer the question, in order; none when not all of it is answered.</summary>
    public IReadOnlyList<Term> In(string text)
    {
        var terms = SearchTerms.Read(text);
        var hits = terms.FindAll(term => Whole.Contains(term.Value) || term.Value.StartsWith(Begin, StringComparison.Ordinal));
        var answered = Whole.All(whole => hits.Exists(hit => hit.Value == whole))
            && hits.Exists(hit => hit.Value.StartsWith(Begin, StringComparison.Ordinal));
        return answered ? hits : [];
    }
}
