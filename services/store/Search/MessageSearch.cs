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
        var candidates = await CandidatesAsync(db, SearchTerm.ScopeOf(account), question, cancellationToken);
        foreach (var chunk in candidates.Chunk(TextsAtOnce))
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

    /// <summary>
    /// Finds messages that may be an answer, newest first: those of the rarest term that the others do not rule out. What they cannot tell
    /// of, the texts will.
    /// </summary>
    private static async Task<IEnumerable<long>> CandidatesAsync(
        StoreDbContext db, long scope, SearchQuestion question, CancellationToken cancellationToken)
    {
        var walks = new TermWalks(db, scope);
        var terms = db.Set<SearchTerm>().Where(row => row.Scope == scope);
        if (question.Whole.Count == 0)
        {
            var (all, _) = await WordsAsync(terms, question, cancellationToken);
            return all.Count == 0 ? [] : (await walks.OfAnyAsync(all, cancellationToken: cancellationToken)).Newest;
        }

        var (term, rarest) = await walks.OfRarestAsync(question.Whole, cancellationToken);
        // A few texts are read sooner than the index says which of them.
        if (rarest.Sequences.Count <= TextsAtOnce) return rarest.Newest;
        var (words, areAll) = await WordsAsync(terms, question, cancellationToken);
        if (words.Count == 0) return [];
        var begun = await walks.OfAnyAsync(words, cancellationToken: cancellationToken);
        var others = new List<TermWalk>();
        if (areAll && begun.IsWhole && begun.Sequences.Count < rarest.Sequences.Count)
        {
            others.Add(rarest);
            rarest = begun;
        }
        else if (areAll)
        {
            others.Add(begun.IsWhole ? begun : await walks.OfAnyAsync(words, rarest.Oldest, cancellationToken));
        }

        foreach (var other in question.Whole.Where(other => other != term))
            others.Add(await walks.OfAnyAsync([other], rarest.Oldest, cancellationToken));
        return rarest.Newest.Where(sequence => others.TrueForAll(other => other.MayHave(sequence)));
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
