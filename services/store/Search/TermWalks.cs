using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Search;

/// <summary>Walks along the newest rows that the index has of the terms of an account.</summary>
/// <param name="db">The store.</param>
/// <param name="scope">The account, as <see cref="SearchTerm.ScopeOf"/> gives it.</param>
internal sealed class TermWalks(StoreDbContext db, long scope)
{
    /// <summary>How far back a question follows its terms, so that none costs more.</summary>
    private const int MostNewest = 5_000;

    /// <summary>How far a term is followed that is compared with a rarer one: as far as it helps, and is cheaper than the texts.</summary>
    private const int MostCompared = 10_000;

    private const int MostComparedTogether = 40_000;

    /// <summary>Walks along the term that has the fewest messages; there are none when one of the terms is nowhere.</summary>
    /// <param name="terms">The terms, of which a message has to have all.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public async Task<(string Term, TermWalk Walk)> OfRarestAsync(IReadOnlyList<string> terms, CancellationToken cancellationToken)
    {
        var rarest = terms[0];
        if (terms.Count > 1)
        {
            var lengths = await db.Database.SqlQueryRaw<Length>(
                Union(
                    terms,
                    n => $"SELECT {n} AS Term, COUNT(*) AS Messages, COALESCE(MIN(sequence), 0) AS Oldest FROM ({Rows(n)}) AS walk{n}"),
                Arguments(terms, long.MinValue, MostNewest)).ToListAsync(cancellationToken);
            // Of two that have more than is counted, the rarer one reaches further back.
            rarest = terms[lengths.OrderBy(length => length.Messages).ThenBy(length => length.Oldest).First().Term];
        }

        return (rarest, await OfAnyAsync([rarest], cancellationToken: cancellationToken));
    }

    /// <summary>Walks along the newest messages of each of several terms.</summary>
    /// <param name="terms">The terms, of which a message may have any.</param>
    /// <param name="floor">The oldest message that matters.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public async Task<TermWalk> OfAnyAsync(
        IReadOnlyList<string> terms, long floor = long.MinValue, CancellationToken cancellationToken = default)
    {
        var each = floor == long.MinValue ? MostNewest / terms.Count : Math.Min(MostCompared, MostComparedTogether / terms.Count);
        var rows = await db.Database.SqlQueryRaw<Found>(
            Union(terms, n => $"SELECT {n} AS Term, sequence AS Sequence FROM ({Rows(n)}) AS walk{n}"), Arguments(terms, floor, each))
            .ToListAsync(cancellationToken);
        // Of a term that has more, nothing is known behind the last row that was read.
        var known = rows.GroupBy(row => row.Term, row => row.Sequence).Where(walk => walk.Count() == each).Select(walk => walk.Min());
        return new TermWalk([.. rows.Select(row => row.Sequence)], known.DefaultIfEmpty(long.MinValue).Max());
    }

    private static string Union(IReadOnlyList<string> terms, Func<int, string> select) =>
        string.Join(" UNION ALL ", Enumerable.Range(0, terms.Count).Select(select));

    private static string Rows(int n) => "SELECT sequence FROM search_terms WHERE scope = {0} "
        + $"AND term = {{{n + 3}}} AND sequence >= {{1}} ORDER BY sequence DESC LIMIT {{2}}";

    private object[] Arguments(IReadOnlyList<string> terms, long floor, int each) => [scope, floor, each, .. terms];

    private sealed record Found(int Term, long Sequence);

    private sealed record Length(int Term, long Messages, long Oldest);
}

/// <summary>The newest messages that have a term.</summary>
/// <param name="Sequences">The messages.</param>
/// <param name="KnownFrom">From this one on they are all that there are.</param>
internal sealed record TermWalk(HashSet<long> Sequences, long KnownFrom)
{
    /// <summary>Whether these are all messages that have the term.</summary>
    public bool IsWhole => KnownFrom == long.MinValue;

    public long Oldest => Sequences.Min();

    public IEnumerable<long> Newest => Sequences.OrderDescending();

    /// <summary>Whether a message may have the term; only its text tells when it is older than what is known.</summary>
    public bool MayHave(long sequence) => sequence < KnownFrom || Sequences.Contains(sequence);
}
