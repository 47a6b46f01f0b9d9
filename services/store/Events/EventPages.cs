using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Events;

/// <summary>Reads the event log behind a cursor.</summary>
internal sealed class EventPages(IDbContextFactory<StoreDbContext> factory)
{
    /// <summary>
    /// Returns the last sequence that is committed. Sequences are handed out in commit order, so nothing at or below it can still appear.
    /// </summary>
    public async Task<long> HeadAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        return await db.Counters.Where(row => row.Name == Counter.Events).Select(row => row.Value).SingleAsync(cancellationToken);
    }

    /// <summary>
    /// Finds the accounts whose events a tap shows. Who sees all accounts sees none under an id that is nobody's: a client that waits there
    /// would wait for ever. One that is not linked any more has events.
    /// </summary>
    /// <returns>Null when the account is not the caller's or does not exist.</returns>
    public async Task<AccountReach?> NarrowAsync(Caller caller, string? accountId, CancellationToken cancellationToken)
    {
        if (!VisibleAccounts.TryNarrow(caller, accountId, out var accounts)) return null;
        if (accountId is null || !caller.Accounts.IsAll) return accounts;
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var id = AccountId.Parse(accountId);
        return await db.Accounts.AnyAsync(account => account.Id == id, cancellationToken) ? accounts : null;
    }

    /// <summary>Reads events in order.</summary>
    /// <param name="accounts">The accounts whose events are read.</param>
    /// <param name="after">The sequence after which the page begins.</param>
    /// <param name="upTo">The last sequence to read.</param>
    /// <param name="limit">How many events, at most.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task<IReadOnlyList<EventRow>> ReadAsync(
        AccountReach accounts, long after, long upTo, int limit, CancellationToken cancellationToken)
    {
        if (after >= upTo || accounts is { IsAll: false, Listed.Count: 0 }) return [];
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        return await db.ReadableAsync(first => Query(db, accounts, after, upTo, first), limit, cancellationToken);
    }

    internal static IQueryable<EventRow> Query(StoreDbContext db, AccountReach accounts, long after, long upTo, int limit)
    {
        var range = db.Events.Where(row => row.Sequence > after && row.Sequence <= upTo);
        if (accounts.IsAll) return range.OrderBy(row => row.Sequence).Take(limit);
        if (accounts.Listed.Count > VisibleAccounts.MostMerged)
        {
            var ids = accounts.Listed.ToList();
            return range.Where(row => ids.Contains(row.AccountId)).OrderBy(row => row.Sequence).Take(limit);
        }

        // Each account's part is a short walk along its index, however quiet it is and however busy the others are.
        return accounts.Listed
            .Select(account => range.Where(row => row.AccountId == account).OrderBy(row => row.Sequence).Take(limit))
            .Aggregate(Queryable.Concat)
            .OrderBy(row => row.Sequence).Take(limit);
    }
}
