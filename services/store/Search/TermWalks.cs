using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Search;

/// <summary>
/// Walks along what the index has of an account's terms, newest first. The database compares them row by row along one index, and reads no
/// further than asked: docs/decisions/0012-search.md.
/// </summary>
/// <param name="db">The store.</param>
/// <param name="scope">The account, as <see cref="SearchTerm.ScopeOf"/> gives it.</param>
internal sealed class TermWalks(StoreDbContext db, long scope)
{
    /// <summary>How many words are looked at that begin alike.</summary>
    private const int MostBegun = 64;

    /// <summary>How many rows of words are read at a time; of a frequent word that is less than all it has.</summary>
    private const int WordsAtOnce = 200;

    private readonly IQueryable<SearchTerm> _terms = db.Set<SearchTerm>().Where(row => row.Scope == scope);

    /// <summary>Finds the newest messages that have any of some terms, and all of others.</summary>
    /// <param name="any">Terms of which a message has at least one.</param>
    /// <param name="all">Terms that it has besides.</param>
    /// <param name="part">The messages that matter.</param>
    /// <param name="most">How many to find.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public async Task<List<long>> FindAsync(
        IReadOnlyList<string> any, IReadOnlyList<string> all, Part part, int most, CancellationToken cancellationToken)
    {
        // As a value and not with EXISTS, which MariaDB may turn round: it would walk along the more frequent term.
        var others = all.Select((_, n) => "AND (SELECT 1 FROM search_terms AS other WHERE other.scope = {0} AND other.term = "
            + $"{{{4 + any.Count + n}}} AND other.sequence = found.sequence LIMIT 1) = 1 ");
        var walks = any.Select((_, n) => "SELECT * FROM (SELECT found.sequence AS Value FROM search_terms AS found WHERE found.scope = {0} "
            + $"AND found.term = {{{4 + n}}} AND found.sequence >= {{1}} AND found.sequence < {{2}} {string.Concat(others)}"
            + $"ORDER BY found.sequence DESC LIMIT {{3}}) AS walk{n}");
        var found = await db.Database.SqlQueryRaw<long>(
            string.Join(" UNION ALL ", walks), [scope, part.From, part.Before, most, .. any, .. all]).ToListAsync(cancellationToken);
        return [.. found.Distinct().OrderDescending().Take(most)];
    }

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

    /// <summary>Counts rows of several terms, up to a limit.</summary>
    public async Task<int> CountAsync(IReadOnlyList<string> terms, int most, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var term in terms.TakeWhile(_ => count < most))
        {
            count += await _terms.Where(row => row.Term == term).OrderByDescending(row => row.Sequence).Take(most - count)
                .CountAsync(cancellationToken);
        }

        return count;
    }

    /// <summary>
    /// Lists words that begin alike, in their order, and says whether these are all there are. A frequent word costs no more than a rare
    /// one.
    /// </summary>
    public async Task<(List<string> Words, bool AreAll)> BegunAsync(string begin, string end, CancellationToken cancellationToken)
    {
        var words = new List<string>();
        var rest = _terms.Where(row => string.Compare(row.Term, begin) >= 0);
        while (true)
        {
            var page = await rest.Where(row => string.Compare(row.Term, end) < 0).OrderBy(row => row.Term).Select(row => row.Term)
                .Take(WordsAtOnce).ToListAsync(cancellationToken);
            words.AddRange(page.Distinct(StringComparer.Ordinal));
            if (page.Count < WordsAtOnce && words.Count <= MostBegun) return (words, true);
            if (words.Count >= MostBegun) return (words[..MostBegun], false);
            var last = page[^1];
            rest = _terms.Where(row => string.Compare(row.Term, last) > 0);
        }
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
