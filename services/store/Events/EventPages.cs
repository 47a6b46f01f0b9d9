using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Events;

/// <summary>Reads the event log behind a cursor.</summary>
internal sealed class EventPages(IDbContextFactory<StoreDbContext> factory)
{
    /// <summary>Places of the log that one statement looks at for rare types.</summary>
    private const int Window = 5_000;

    /// <summary>How often it goes on to the next places before a page is told as it is.</summary>
    private const int MostWindows = 10;

    /// <summary>
    /// Returns the last sequence that is committed. Sequences are handed out in commit order, so nothing at or below it can still appear.
    /// </summary>
    public async Task<long> HeadAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        return await db.Counters.Where(row => row.Name == Counter.Events).Select(row => row.Value).SingleAsync(cancellationToken);
    }

    /// <summary>
    /// Returns the last sequence that is not kept any more; 0 while all are. Who reads the log asks behind the read: what goes meanwhile
    /// would be a gap that nobody hears of.
    /// </summary>
    public async Task<long> ExpiredAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        return await db.Counters.Where(row => row.Name == Counter.Expired).Select(row => row.Value).SingleAsync(cancellationToken);
    }

    /// <summary>410 <c>events_expired</c>: what the client has not seen is not all here any more.</summary>
    /// <param name="expired">What <see cref="ExpiredAsync"/> says.</param>
    public static ProblemHttpResult Gone(long expired) => Problems.Of(
        StatusCodes.Status410Gone,
        "events_expired",
        "Events behind this place are not kept any more. Read anew what you need of conversations and messages, and go on with "
            + "after=oldest_sequence - 1.",
        ("oldest_sequence", expired + 1));

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

    /// <summary>
    /// Reads events of some types in order, and says up to where the log was read: of a rare type that may be far from the limit.
    /// </summary>
    /// <param name="accounts">The accounts whose events are read.</param>
    /// <param name="types">Their types.</param>
    /// <param name="after">The sequence after which the page begins.</param>
    /// <param name="upTo">The last sequence to read.</param>
    /// <param name="limit">How many events, at most.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task<(List<EventRow> Events, long Position)> ReadAsync(
        AccountReach accounts, IReadOnlySet<string> types, long after, long upTo, int limit, CancellationToken cancellationToken)
    {
        var found = new List<EventRow>();
        if (accounts is { IsAll: false, Listed.Count: 0 }) return (found, upTo);
        var names = types.ToList();
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        for (var window = 0; window < MostWindows && after < upTo; window++)
        {
            // The next event of a quiet account may be far away; its index knows where.
            var first = await Query(db, accounts, after, upTo, 1).Select(row => (long?)row.Sequence).FirstOrDefaultAsync(cancellationToken);
            if (first is null) return (found, upTo);
            var (from, end) = (first.Value - 1, Math.Min(upTo, first.Value + Window));
            var rows = await db.ReadableAsync(
                most => Of(db, accounts, from, end).Where(row => names.Contains(row.Type)).OrderBy(row => row.Sequence).Take(most),
                limit - found.Count,
                cancellationToken);
            found.AddRange(rows);
            if (found.Count == limit) return (found, found[^1].Sequence);
            after = end;
        }

        return (found, after);
    }

    internal static IQueryable<EventRow> Query(StoreDbContext db, AccountReach accounts, long after, long upTo, int limit)
    {
        var range = db.Events.Where(row => row.Sequence > after && row.Sequence <= upTo);
        if (accounts.IsAll || accounts.Listed.Count > VisibleAccounts.MostMerged)
            return Of(db, accounts, after, upTo).OrderBy(row => row.Sequence).Take(limit);

        // Each account's part is a short walk along its index, however quiet it is and however busy the others are.
        return accounts.Listed
            .Select(account => range.Where(row => row.AccountId == account).OrderBy(row => row.Sequence).Take(limit))
            .Aggregate(Queryable.Concat)
            .OrderBy(row => row.Sequence).Take(limit);
    }

    private static IQueryable<EventRow> Of(StoreDbContext db, AccountReach accounts, long after, long upTo)
    {
        var range = db.Events.Where(row => row.Sequence > after && row.Sequence <= upTo);
        if (accounts.IsAll) return range;
        var ids = accounts.Listed.ToList();
        return range.Where(row => ids.Contains(row.AccountId));
    }
}
