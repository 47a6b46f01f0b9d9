using System.Linq.Expressions;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Search;

/// <summary>
/// Makes the index hold what messages and contacts say at this moment. It looks at nothing else, so it may be done at any time and again.
/// </summary>
internal static class SearchIndex
{
    /// <summary>Writes messages into the index, or takes out of it what they do not say any more.</summary>
    public static async Task WriteAsync(StoreDbContext db, Expression<Func<Message, bool>> which)
    {
        // Locked: a message that another unit removes meanwhile would get rows that nobody looks at again.
        var messages = await db.ReadableAsync(
            db.Messages.ForUpdate().Where(which).OrderBy(message => message.Sequence)
                .Select(message => new Said(message.Sequence, message.AccountId, message.Text)));
        var sequences = messages.Select(message => message.Sequence).ToList();
        var known = await db.Set<SearchedMessage>().Where(row => sequences.Contains(row.Sequence)).ToDictionaryAsync(row => row.Sequence);
        var (rows, terms) = (new List<SearchedMessage>(), new List<SearchTerm>());
        foreach (var message in messages)
        {
            var scope = SearchTerm.ScopeOf(message.AccountId);
            var now = SearchTerms.Of(message.Text);
            var row = known.GetValueOrDefault(message.Sequence);
            var before = row?.TermList ?? [];
            var gone = before.Except(now, StringComparer.Ordinal).ToList();
            if (gone.Count > 0)
            {
                await db.Set<SearchTerm>()
                    .Where(term => term.Scope == scope && gone.Contains(term.Term) && term.Sequence == message.Sequence)
                    .ExecuteDeleteAsync();
            }

            terms.AddRange(now.Except(before, StringComparer.Ordinal)
                .Select(term => new SearchTerm { Scope = scope, Term = term, Sequence = message.Sequence }));
            if (row is not null && now.Count == 0) db.Remove(row);
            else if (row is not null) row.Terms = string.Join('\n', now);
            else if (now.Count > 0) rows.Add(new SearchedMessage { Sequence = message.Sequence, Terms = string.Join('\n', now) });
        }

        await BulkInsert.EntitiesAsync(db, rows);
        await BulkInsert.EntitiesAsync(db, terms, ifAbsent: true);
    }

    /// <summary>Writes the names of threads' contacts into the index.</summary>
    public static async Task WriteContactsAsync(StoreDbContext db, IReadOnlyCollection<ConversationId> ids)
    {
        if (ids.Count == 0) return;
        await db.Set<SearchedContact>().Where(row => ids.Contains(row.ConversationId)).ExecuteDeleteAsync();
        var contacts = await db.ReadableAsync(
            db.Conversations.Where(row => ids.Contains(row.Id)).OrderBy(row => row.Id)
                .Select(row => new Contact(row.Id, row.AccountId, row.ContactUsername, row.ContactName)));
        var terms = contacts.SelectMany(contact => SearchTerms.Of($"{contact.Username} {contact.Name}").Select(term => new SearchedContact
        {
            Scope = SearchTerm.ScopeOf(contact.AccountId), Term = term, ConversationId = contact.Id,
        }));
        await BulkInsert.EntitiesAsync(db, terms.ToList());
    }

    private sealed record Said(long Sequence, AccountId AccountId, string? Text);

    private sealed record Contact(ConversationId Id, AccountId AccountId, string? Username, string? Name);
}
