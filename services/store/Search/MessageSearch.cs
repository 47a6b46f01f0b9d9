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
    /// <summary>How far back a word is followed, so that no question costs more.</summary>
    private const int MostWalked = 5_000;

    /// <summary>How many are looked for first; each time that is not enough, twice as many.</summary>
    private const int First = 50;

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

    /// <summary>Finds what the index knows to be an answer, newest first; what the text says now may be another.</summary>
    private static IAsyncEnumerable<List<long>> CandidatesAsync(
        TermWalks walks, SearchQuestion question, CancellationToken cancellationToken) =>
        question.Whole.Count == 0
            ? BegunAsync(walks, question, cancellationToken)
            : AllAsync(walks, question, cancellationToken);

    /// <summary>
    /// Follows the rarest of several words, once: each message on the way costs a look. The last word, of which only the beginning is
    /// known, may be the rarest; then all of its messages are looked at, however old they are.
    /// </summary>
    private static async IAsyncEnumerable<List<long>> AllAsync(
        TermWalks walks, SearchQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rarest = await walks.RarestAsync(question.Whole, MostWalked, cancellationToken);
        if (rarest.Messages == 0) yield break;
        var term = question.Whole[rarest.Term];
        var others = new TermWalks.Besides([.. question.Whole.Where(other => other != term)], question.Begin);
        var pages = await walks.CountBegunAsync(question, (int)rarest.Messages, cancellationToken) < rarest.Messages
            ? PagesAsync(
                (part, most) => walks.FindBegunAsync(question, new(question.Whole, null), part, most, cancellationToken),
                TermWalks.Part.Whole)
            : PagesAsync(
                (part, most) => walks.FindAsync([term], others, part, most, cancellationToken),
                TermWalks.Part.Whole with { From = rarest.Oldest });
        await foreach (var page in pages) yield return page;
    }

    /// <summary>Follows all words that begin like the only one.</summary>
    private static async IAsyncEnumerable<List<long>> BegunAsync(
        TermWalks walks, SearchQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var areFew = await walks.CountBegunAsync(question, MostWalked, cancellationToken) < MostWalked;
        var words = areFew ? [] : await walks.BegunAsync(question, cancellationToken);
        var pages = PagesAsync(
            (part, most) => areFew
                ? walks.FindBegunAsync(question, TermWalks.Besides.Nothing, part, most, cancellationToken)
                : walks.FindAsync(words, TermWalks.Besides.Nothing, part, most, cancellationToken),
            TermWalks.Part.Whole);
        var walked = 0;
        await foreach (var page in pages)
        {
            yield return page;
            walked += page.Count;
            if (walked >= MostWalked) yield break;
        }
    }

    private static async IAsyncEnumerable<List<long>> PagesAsync(Func<TermWalks.Part, int, Task<List<long>>> findAsync, TermWalks.Part part)
    {
        for (var most = First; ; most *= 2)
        {
            var page = await findAsync(part, most);
            if (page.Count > 0) yield return page;
            if (page.Count < most) yield break;
            part = part with { Before = page[^1] };
        }
    }

    private sealed record Said(long Sequence, string? Text);
}
