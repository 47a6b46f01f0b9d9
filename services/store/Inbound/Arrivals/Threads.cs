using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>
/// The conversations of a batch, locked until its end: who changes a message waits for who gives it its <c>mid</c>. (account, contact) is
/// unique, so however many first messages come, there is one.
/// </summary>
internal sealed class Threads(StoreDbContext db, Dictionary<(AccountId, InstagramUserId), Conversation> conversations, TimeProvider clock)
{
    public static async Task<Threads> LoadAsync(
        StoreDbContext db, IReadOnlyCollection<(AccountId Account, InstagramUserId Contact)> sides, TimeProvider clock)
    {
        if (sides.Count == 0) return new Threads(db, [], clock);
        var contacts = sides.Select(side => side.Contact).Distinct().ToList();
        var accounts = sides.Select(side => side.Account).ToHashSet();
        var rows = await db.Conversations.ForUpdate().Where(conversation => contacts.Contains(conversation.ContactId)).ToListAsync();
        var threads = rows.Where(conversation => accounts.Contains(conversation.AccountId))
            .ToDictionary(conversation => (conversation.AccountId, conversation.ContactId));
        // Begun in this unit by a handler before, and not written yet.
        foreach (var begun in db.Conversations.Local) threads.TryAdd((begun.AccountId, begun.ContactId), begun);
        return new Threads(db, threads, clock);
    }

    public Conversation? Find(AccountId account, InstagramUserId contact) => conversations.GetValueOrDefault((account, contact));

    /// <summary>Finds the conversation, or begins it.</summary>
    public Conversation Open(AccountId account, InstagramUserId contact)
    {
        if (conversations.TryGetValue((account, contact), out var known)) return known;
        var begun = Conversation.Begin(account, contact, clock.GetUtcNow(), ConversationId.New(clock));
        db.Conversations.Add(begun);
        conversations.Add((account, contact), begun);
        return begun;
    }
}
