using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Search;

/// <summary>Finds contacts by the index, and believes only what they are called now.</summary>
internal static class ContactSearch
{
    /// <summary>How many contacts that have the longest word are looked at.</summary>
    private const int MostRead = 1_000;

    /// <summary>Finds threads of an account whose contact's name or username answers a question, the one that wrote last first.</summary>
    public static async Task<List<(ConversationId Id, DateTimeOffset At)>> FindAsync(
        StoreDbContext db, AccountId account, SearchQuestion question, int limit, CancellationToken cancellationToken)
    {
        var scope = SearchTerm.ScopeOf(account);
        var terms = db.Set<SearchedContact>().Where(row => row.Scope == scope);
        var (begin, end) = (question.Begin, question.EndOfBegin);
        var longest = question.Whole.MaxBy(term => term.Length);
        var ids = await (longest is null
                ? terms.Where(row => string.Compare(row.Term, begin) >= 0 && string.Compare(row.Term, end) < 0)
                : terms.Where(row => row.Term == longest))
            .OrderBy(row => row.Term).ThenBy(row => row.ConversationId)
            .Select(row => row.ConversationId).Take(MostRead).ToListAsync(cancellationToken);
        var rows = await db.ReadableAsync(
            db.Conversations.Where(row => ids.Contains(row.Id) && row.AccountId == account)
                .OrderByDescending(row => row.LastMessageAt).ThenBy(row => row.Id)
                .Select(row => new Contact(row.Id, row.LastMessageAt, row.ContactUsername, row.ContactName)),
            cancellationToken);
        return [.. rows.Where(row => question.In($"{row.Username} {row.Name}").Count > 0).Select(row => (row.Id, row.At)).Take(limit)];
    }

    private sealed record Contact(ConversationId Id, DateTimeOffset At, string? Username, string? Name);
}
