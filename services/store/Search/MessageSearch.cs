using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Search;

/// <summary>
/// Finds messages by the index, and believes only what they say now: an unsent message, or another tenant's whose account happens to have
/// the same eight bytes, is never an answer.
/// </summary>
internal static class MessageSearch
{
    /// <summary>How far back the rarest word is followed, so that no question costs more.</summary>
    private const int MostWalked = 5_000;

    /// <summary>How many words are looked at that begin like the last one.</summary>
    private const int MostBegun = 64;

    /// <summary>How many rows of words are read at a time; of a frequent word that is less than all it has.</summary>
    private const int WordsAtOnce = 200;

    private const int TextsAtOnce = 100;

    /// <summary>Finds the newest messages of an account that answer a question, newest first.</summary>
    public static async Task<List<long>> FindAsync(
        StoreDbContext db, AccountId account, SearchQuestion question, int limit, CancellationToken cancellationToken)
    {
        var found = new List<long>();
        foreach (var chunk in (await CandidatesAsync(db, SearchTerm.ScopeOf(account), question, cancellationToken)).Chunk(TextsAtOnce))
        {
            var texts = await db.ReadableAsync(
                db.Messages.Where(message => chunk.Contains(message.Sequence) && message.AccountId == account)
                    .OrderByDescending(message => message.Sequence).Select(message => new Said(message.Sequence, message.Text)),
                cancellationToken);
            found.AddRange(texts.Where(row => row.Text is not null && question.In(row.Text).Count > 0).Select(row => row.Sequence));
            if (found.Count >= limit) return found[..limit];
        }

        return found;
    }

    private static async Task<List<long>> CandidatesAsync(
        StoreDbContext db, long scope, SearchQuestion question, CancellationToken cancellationToken)
    {
        var terms = db.Set<SearchTerm>().Where(row => row.Scope == scope);
        var (begun, areAll) = await BegunAsync(db, scope, question, cancellationToken);
        if (question.Whole.Count == 0 || begun.Count == 0) return begun;

        var counted = new List<(string Term, int Count)>();
        foreach (var term in question.Whole)
        {
            var count = await terms.Where(row => row.Term == term).Take(MostWalked).CountAsync(cancellationToken);
            if (count == 0) return [];
            counted.Add((term, count));
        }

        var rarest = counted.MinBy(term => term.Count).Term;
        var sequences = terms.Where(row => row.Term == rarest).OrderByDescending(row => row.Sequence).Take(MostWalked)
            .Select(row => row.Sequence);
        foreach (var (other, _) in counted.Where(term => term.Term != rarest))
        {
            sequences = sequences.Where(sequence => db.Set<SearchTerm>().Any(
                row => row.Scope == scope && row.Term == other && row.Sequence == sequence));
        }

        var have = areAll ? begun.ToHashSet() : null;
        return [.. (await sequences.ToListAsync(cancellationToken)).Where(found => have?.Contains(found) != false).OrderDescending()];
    }

    /// <summary>Finds the newest messages of each word that begins like the last one, and says whether these are all there are.</summary>
    private static async Task<(List<long> Sequences, bool AreAll)> BegunAsync(
        StoreDbContext db, long scope, SearchQuestion question, CancellationToken cancellationToken)
    {
        var terms = db.Set<SearchTerm>().Where(row => row.Scope == scope);
        var (words, areAll) = await WordsAsync(terms, question, cancellationToken);
        if (words.Count == 0) return ([], true);
        var each = MostWalked / words.Count;
        // One walk along each word's part of the index, merged.
        var walks = words.Select((_, n) => "SELECT * FROM (SELECT sequence AS Value FROM search_terms WHERE scope = {0} "
            + $"AND term = {{{n + 2}}} ORDER BY sequence DESC LIMIT {{1}}) AS word{n}");
        var sequences = await db.Database.SqlQueryRaw<long>(string.Join(" UNION ALL ", walks), [scope, each, .. words])
            .ToListAsync(cancellationToken);
        return ([.. sequences.Distinct().OrderDescending()], areAll && sequences.Count < each);
    }

    /// <summary>
    /// Lists words that begin like the last one, in their order. A frequent word costs no more than a rare one.
    /// </summary>
    private static async Task<(List<string> Words, bool AreAll)> WordsAsync(
        IQueryable<SearchTerm> terms, SearchQuestion question, CancellationToken cancellationToken)
    {
        var (begin, end) = (question.Begin, question.EndOfBegin);
        var words = new List<string>();
        var rest = terms.Where(row => string.Compare(row.Term, begin) >= 0);
        while (true)
        {
            var page = await rest.Where(row => string.Compare(row.Term, end) < 0).OrderBy(row => row.Term).Select(row => row.Term)
                .Take(WordsAtOnce).ToListAsync(cancellationToken);
            words.AddRange(page.Distinct(StringComparer.Ordinal));
            if (page.Count < WordsAtOnce && words.Count <= MostBegun) return (words, true);
            if (words.Count >= MostBegun) return (words[..MostBegun], false);
            var last = page[^1];
            rest = terms.Where(row => string.Compare(row.Term, last) > 0);
        }
    }

    private sealed record Said(long Sequence, string? Text);
}
