using System.Runtime.CompilerServices;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Search;

/// <summary>
/// Finds messages by the index, and believes only what they say now: an unsent message, or another tenant's whose account happens to have
/// the same eight bytes, is never an answer.
/// </summary>
internal static class MessageSearch
{
    /// <summary>How far back the rarest word is followed, so that no question costs more.</summary>
    private const int MostWalked = 5_000;

    /// <summary>How many of the newest are looked at first: of frequent words they are enough.</summary>
    private const int First = 200;

    /// <summary>The same where any of the words is an answer: each of up to 64 is asked for as many.</summary>
    private const int FirstBegun = 50;

    /// <summary>How many rows of the last word are compared with the rarest one's.</summary>
    private const int MostCompared = 10_000;

    private const int TextsAtOnce = 100;

    /// <summary>Finds the newest messages of an account that answer a question, newest first.</summary>
    public static async Task<List<long>> FindAsync(
        StoreDbContext db, AccountId account, SearchQuestion question, int limit, CancellationToken cancellationToken)
    {
        var found = new List<long>();
        await foreach (var candidates in CandidatesAsync(new TermWalks(db, SearchTerm.ScopeOf(account)), question, cancellationToken))
        {
            foreach (var chunk in candidates.Chunk(TextsAtOnce))
            {
                var texts = await db.ReadableAsync(
                    db.Messages.Where(message => chunk.Contains(message.Sequence) && message.AccountId == account)
                        .OrderByDescending(message => message.Sequence).Select(message => new Said(message.Sequence, message.Text)),
                    cancellationToken);
                found.AddRange(texts.Where(row => row.Text is not null && question.In(row.Text).Count > 0).Select(row => row.Sequence));
                if (found.Count >= limit) return found[..limit];
            }
        }

        return found;
    }

    /// <summary>Finds what may be an answer, newest first; only its text tells.</summary>
    private static async IAsyncEnumerable<List<long>> CandidatesAsync(
        TermWalks walks, SearchQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (question.Whole.Count == 0)
        {
            var (all, _) = await walks.BegunAsync(question.Begin, question.EndOfBegin, cancellationToken);
            if (all.Count == 0) yield break;
            var newest = await walks.FindAsync(all, [], TermWalks.Part.Whole, FirstBegun, cancellationToken);
            yield return newest;
            if (newest.Count < FirstBegun) yield break;
            yield return await walks.FindAsync(
                all, [], TermWalks.Part.Whole with { Before = newest[^1] }, MostWalked / all.Count, cancellationToken);
            yield break;
        }

        var rarest = await walks.RarestAsync(question.Whole, MostWalked, cancellationToken);
        if (rarest.Messages == 0) yield break;
        var term = question.Whole[rarest.Term];
        var others = question.Whole.Where(other => other != term).ToList();
        var part = new TermWalks.Part(rarest.Oldest, long.MaxValue);
        var first = await walks.FindAsync([term], others, part, First, cancellationToken);
        yield return first;
        if (first.Count < First && rarest.Messages < MostWalked) yield break;

        part = part with { Before = first.Count < First ? part.From : first[^1] };
        await foreach (var page in OlderAsync(walks, question, (term, others, (int)rarest.Messages), part, cancellationToken))
            yield return page;
    }

    /// <summary>Finds what lies behind the first ones, with the help of the last word.</summary>
    private static async IAsyncEnumerable<List<long>> OlderAsync(
        TermWalks walks,
        SearchQuestion question,
        (string Term, List<string> Others, int Messages) rarest,
        TermWalks.Part part,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (words, areAll) = await walks.BegunAsync(question.Begin, question.EndOfBegin, cancellationToken);
        if (words.Count == 0) yield break;
        if (areAll && await walks.CountAsync(words, rarest.Messages, cancellationToken) < rarest.Messages)
        {
            // It is the rarest itself, and leads as far back as there is anything.
            yield return await walks.FindAsync(words, question.Whole, part with { From = long.MinValue }, MostWalked, cancellationToken);
            yield break;
        }

        var found = await walks.FindAsync([rarest.Term], rarest.Others, part, MostWalked - First, cancellationToken);
        if (!areAll || found.Count <= TextsAtOnce)
        {
            yield return found;
            yield break;
        }

        var begun = await walks.FindAsync(words, [], part, MostCompared, cancellationToken);
        var have = begun.ToHashSet();
        var known = begun.Count < MostCompared ? part.From : begun[^1];
        yield return found.FindAll(sequence => sequence < known || have.Contains(sequence));
    }

    private sealed record Said(long Sequence, string? Text);
}
