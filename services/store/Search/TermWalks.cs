using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Search;

/// <summary>
/// Walks along what the index has of an account's terms, newest first, and reads no further than asked: docs/decisions/0012-search.md.
/// Whether a message on the way has the other words too is seen in its list of terms, with one look for all of them.
/// </summary>
/// <param name="db">The store.</param>
/// <param name="scope">The account, as <see cref="SearchTerm.ScopeOf"/> gives it.</param>
internal sealed class TermWalks(StoreDbContext db, long scope)
{
    /// <summary>How many words are looked at that begin alike.</summary>
    private const int MostBegun = 64;

    /// <summary>How many rows of words are read at a time; of a frequent word that is less than all it has.</summary>
    private const int WordsAtOnce = 200;

    /// <summary>Between the terms of a message.</summary>
    private const string Line = "\n";

    /// <summary>Finds the newest messages that have any of some terms.</summary>
    /// <param name="any">The terms.</param>
    /// <param name="besides">What they must have besides.</param>
    /// <param name="part">The messages that matter.</param>
    /// <param name="most">How many to find.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public Task<List<long>> FindAsync(
        IReadOnlyList<string> any, Besides besides, Part part, int most, CancellationToken cancellationToken) =>
        FindAsync([.. any.Select((_, n) => $"found.term = {{{n}}}")], any, besides, part, most, cancellationToken);

    /// <summary>
    /// Finds the newest messages that have a term which begins like the question's last word. It reads all rows of such terms, so there
    /// must be few.
    /// </summary>
    /// <inheritdoc cref="FindAsync(IReadOnlyList{string}, Besides, Part, int, CancellationToken)"/>
    public Task<List<long>> FindBegunAsync(
        SearchQuestion question, Besides besides, Part part, int most, CancellationToken cancellationToken) => FindAsync(
            ["found.term >= {0} AND found.term < {1}"], [question.Begin, question.EndOfBegin], besides, part, most, cancellationToken);

    /// <summary>Finds the term that the fewest messages have, and how many of its newest ones there are up to a limit.</summary>
    public async Task<Extent> RarestAsync(IReadOnlyList<string> terms, int most, CancellationToken cancellationToken)
    {
        var walks = terms.Select((_, n) => $"SELECT {n} AS Term, COUNT(*) AS Messages, COALESCE(MIN(sequence), 0) AS Oldest FROM ("
            + $"SELECT sequence FROM search_terms WHERE scope = {{0}} AND term = {{{n + 2}}} ORDER BY sequence DESC LIMIT {{1}}) AS w{n}");
        var extents = await db.Database.SqlQueryRaw<Extent>(string.Join(" UNION ALL ", walks), [scope, most, .. terms])
            .ToListAsync(cancellationToken);
        // Of two that have more than is counted, the rarer one reaches further back.
        return extents.OrderBy(extent => extent.Messages).ThenBy(extent => extent.Oldest).First();
    }

    /// <summary>Counts the rows of terms that begin like the question's last word, up to a limit.</summary>
    public Task<int> CountBegunAsync(SearchQuestion question, int most, CancellationToken cancellationToken) =>
        TermsFrom(question.Begin, orIt: true, question.EndOfBegin).Take(most).CountAsync(cancellationToken);

    /// <summary>
    /// Lists words that begin like the question's last one, in their order. A frequent word costs no more than a rare one.
    /// </summary>
    public async Task<List<string>> BegunAsync(SearchQuestion question, CancellationToken cancellationToken)
    {
        var words = new List<string>();
        var (from, orIt) = (question.Begin, true);
        while (true)
        {
            var page = await TermsFrom(from, orIt, question.EndOfBegin).Take(WordsAtOnce).ToListAsync(cancellationToken);
            words.AddRange(page.Distinct(StringComparer.Ordinal));
            if (words.Count >= MostBegun) return words[..MostBegun];
            if (page.Count < WordsAtOnce) return words;
            (from, orIt) = (page[^1], false);
        }
    }

    private IQueryable<string> TermsFrom(string from, bool orIt, string end)
    {
        var rows = db.Set<SearchTerm>().Where(row => row.Scope == scope);
        // One of two statements, each of which the database can follow along its index.
        rows = orIt
            ? rows.Where(row => string.Compare(row.Term, from) >= 0)
            : rows.Where(row => string.Compare(row.Term, from) > 0);
        return rows.Where(row => string.Compare(row.Term, end) < 0).OrderBy(row => row.Term).Select(row => row.Term);
    }

    private Task<List<long>> FindAsync(
        IReadOnlyList<string> walks,
        IReadOnlyList<string> terms,
        Besides besides,
        Part part,
        int most,
        CancellationToken cancellationToken)
    {
        var values = new List<object>(terms);
        string Value(object value)
        {
            values.Add(value);
            return $"{{{values.Count - 1}}}";
        }

        var line = Value(Line);
        var pieces = besides.Terms.Select(term => Line + term + Line);
        if (besides.Begin is { } begin) pieces = pieces.Append(Line + begin);
        var has = pieces.Select(piece => $"INSTR(CONCAT({line}, said.terms, {line}), {Value(piece)}) > 0").ToList();
        // As a value and not with EXISTS, which MariaDB may turn round: it would begin with the lists.
        var all = has.Count == 0
            ? ""
            : $"AND (SELECT {string.Join(" AND ", has)} FROM searched_messages AS said WHERE said.sequence = found.sequence) = 1 ";
        var rest = $"AND found.scope = {Value(scope)} AND found.sequence >= {Value(part.From)} AND found.sequence < {Value(part.Before)} "
            + $"{all}ORDER BY found.sequence DESC LIMIT {Value(most)}";
        var found = walks.Select((walk, n) =>
            $"SELECT * FROM (SELECT found.sequence AS Value FROM search_terms AS found WHERE {walk} {rest}) AS walk{n}");
        // A message may have several of the terms.
        var sql = $"SELECT DISTINCT Value FROM ({string.Join(" UNION ALL ", found)}) AS walks ORDER BY Value DESC LIMIT {Value(most)}";
        return db.Database.SqlQueryRaw<long>(sql, [.. values]).ToListAsync(cancellationToken);
    }

    /// <summary>What a message must have besides the term that led to it.</summary>
    /// <param name="Terms">Terms as they are.</param>
    /// <param name="Begin">How one of its terms begins; null for any.</param>
    internal sealed record Besides(IReadOnlyList<string> Terms, string? Begin)
    {
        public static readonly Besides Nothing = new([], null);
    }

    /// <summary>A part of an account's messages, by their sequences.</summary>
    /// <param name="From">The oldest one.</param>
    /// <param name="Before">The first one behind the newest.</param>
    internal sealed record Part(long From, long Before)
    {
        public static readonly Part Whole = new(long.MinValue, long.MaxValue);
    }

    /// <summary>How far the newest messages of a term reach.</summary>
    /// <param name="Term">Which of the terms, from 0.</param>
    /// <param name="Messages">How many there are, up to what was asked for.</param>
    /// <param name="Oldest">The oldest of them.</param>
    internal sealed record Extent(int Term, long Messages, long Oldest);
}
