using System.Linq.Expressions;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using InstaMessenger.Store.Search;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Erasures;

/// <summary>Wakes the erasures, in whichever store they run.</summary>
internal sealed class ErasureSignal() : SharedSignal("store.erasures");

/// <summary>
/// Begins erasures, each in the transaction of who asks for it. From its commit on nothing older is taken in, and what comes since belongs
/// to a new thread.
/// </summary>
internal sealed class ErasureStart(EventLog log, ErasureSignal signal, TimeProvider clock)
{
    /// <summary>Begins to erase a contact, whether or not there is a thread with them, or returns the erasure that is under way.</summary>
    public async Task<Erasure> OfContactAsync(WorkScope<StoreDbContext> scope, Account account, InstagramUserId contact)
    {
        var (db, now, last) = (scope.Db, clock.GetUtcNow(), await LastSequenceAsync(scope.Db));
        var thread = await db.Conversations.ForUpdate()
            .SingleOrDefaultAsync(row => row.AccountId == account.Id && row.ContactId == contact);
        if (thread is null && await UnderWayAsync(db, account, row => row.ContactId == contact) is { } begun) return begun;
        await ForbidAsync(db, account.Id, contact, now);
        var erasure = Erasure.OfContact(NewId(), account.Id, contact, thread?.Id, now, last);
        db.Add(erasure);
        if (thread is not null)
        {
            thread.BecomeNobodys(now);
            await db.Set<SearchedContact>().Where(row => row.ConversationId == thread.Id).ExecuteDeleteAsync();
        }

        log.Append(scope, account, thread?.Id, EventTypes.ContactErased, new ContactEventData(ContactView.OfNobodyKnown(contact)));
        Tell(scope, erasure, round: 1, last);
        scope.AfterCommit(signal.Wake);
        return erasure;
    }

    /// <summary>Begins to erase everything of an account, which is unlinked, or returns the erasure that is under way.</summary>
    /// <param name="requestCode">Meta's request, which has a report of its own; null when a client asked.</param>
    public async Task<Erasure> OfAccountAsync(WorkScope<StoreDbContext> scope, Account account, string? requestCode)
    {
        var (db, now, last) = (scope.Db, clock.GetUtcNow(), await LastSequenceAsync(scope.Db));
        if (requestCode is null && account.UnlinkedAt is not null
            && await UnderWayAsync(db, account, row => row.IsOfAccount) is { } begun) return begun;
        account.Erase(now);
        var erasure = Erasure.OfAccount(NewId(), account.Id, requestCode, now, last);
        db.Add(erasure);
        Tell(scope, erasure, round: 1, last);
        scope.AfterCommit(signal.Wake);
        return erasure;
    }

    /// <summary>Has the other services erase what they keep.</summary>
    public static void Tell(WorkScope<StoreDbContext> scope, Erasure erasure, int round, long upTo) => scope.Publish(new EraseData(
        erasure.Id, round, erasure.AccountId, erasure.ContactId, erasure.ConversationId, erasure.AskedAt, upTo));

    /// <summary>The last sequence of the event log that is committed.</summary>
    public static Task<long> LastSequenceAsync(StoreDbContext db) =>
        db.Counters.Where(row => row.Name == Counter.Events).Select(row => row.Value).SingleAsync();

    /// <summary>
    /// The erasure that has not erased all yet, if nothing has come since that it would leave. Who asks twice, like a gateway whose store
    /// died, gets one report of all that was erased, and not two of a part each.
    /// </summary>
    private static async Task<Erasure?> UnderWayAsync(StoreDbContext db, Account account, Expression<Func<Erasure, bool>> isOfIt) =>
        await db.Set<Erasure>().Where(row => row.AccountId == account.Id && row.FinishedAt == null).Where(isOfIt)
            .OrderByDescending(row => row.AskedAtSequence).FirstOrDefaultAsync() is { } begun
        && !await db.Events.AnyAsync(row => row.AccountId == account.Id && row.Sequence > begun.AskedAtSequence
            && row.ConversationId == null && row.Type != EventTypes.ContactErased && row.Type != EventTypes.AccountDisconnected)
            ? begun
            : null;

    private static async Task ForbidAsync(StoreDbContext db, AccountId account, InstagramUserId contact, DateTimeOffset now)
    {
        var hash = ErasedContactHash.Of(account, contact);
        if (await db.FindAsync<ErasedContact>(account, hash) is { } before) before.ErasedAt = now;
        else db.Add(new ErasedContact { AccountId = account, ContactHash = hash, ErasedAt = now });
    }

    private string NewId() => "era_" + Guid.CreateVersion7(clock.GetUtcNow()).ToString("n");
}
