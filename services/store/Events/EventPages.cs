using InstaMessenger.Contracts.Events;
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
    /// Returns the last sequence that is not kept any more; 0 while all are. Whoever reads the log asks this after the read:
    /// events that are removed meanwhile would be a gap that nobody hears of.
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
    /// Finds the accounts whose events a tap shows. An id that is no account's is refused also to callers who see all accounts, because a
    /// client that waits there would wait for ever. An account that is not linked any more still has events.
    /// </summary>
    /// <returns>Null when the account is not the caller's or does not exist.</returns>
    public async Task<AccountReach?> NarrowAsync(Caller caller, AccountId? accountId, CancellationToken cancellationToken)
    {
        if (!VisibleAccounts.TryNarrow(caller, accountId, out var accounts)) return null;
        if (accountId is not { } id || !caller.Accounts.IsAll) return accounts;
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
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

    /// <summary>Finds the events that these empty (<see cref="TakenBack"/>), by the sequence of the one that does.</summary>
    public async Task<ILookup<long, EventId>> EmptiedByAsync(IReadOnlyList<EventRow> rows, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        return await TakenBack.EventsAsync(db, rows, cancellationToken);
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
            if (await NextPartAsync(db, accounts, after, upTo, cancellationToken) is not var (from, end)) return (found, upTo);
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

    /// <summary>
    /// Finds the next part of the log in which a reader of some accounts looks for what may be rare: behind the first sequence, up to the
    /// second. It begins at their next event, which may be far away; their index knows where.
    /// </summary>
    /// <returns>Null when they have no event any more.</returns>
    internal static async Task<(long After, long End)?> NextPartAsync(
        StoreDbContext db, AccountReach accounts, long after, long upTo, CancellationToken cancellationToken)
    {
        var first = await Query(db, accounts, after, upTo, 1).Select(row => (long?)row.Sequence).FirstOrDefaultAsync(cancellationToken);
        return first is { } next ? (next - 1, Math.Min(upTo, next + Window)) : null;
    }

    /// <summary>Takes of what was read for another service as much as may go into one page.</summary>
    /// <param name="rows">The rows, oldest first.</param>
    /// <param name="limit">How many were asked for; so many may have more behind them.</param>
    /// <param name="mostBytes">Bytes of the bodies, at most, unless the first one alone has more.</param>
    /// <param name="end">The last sequence that was looked at.</param>
    /// <returns>The events, and up to where the page tells the log.</returns>
    internal static (List<InboxEvent> Events, long Position) Cut(IReadOnlyList<EventRow> rows, int limit, int mostBytes, long end)
    {
        var (events, bytes) = (new List<InboxEvent>(rows.Count), 0);
        foreach (var row in rows)
        {
            bytes += row.Body.Length;
            if (events.Count > 0 && bytes > mostBytes) break;
            events.Add(new InboxEvent(row.Sequence, row.Id, row.Type, row.AccountId, row.AccountVersion, row.ConversationId, row.Body));
        }

        return (events, events.Count < rows.Count || rows.Count == limit ? events[^1].Sequence : end);
    }

    internal static IQueryable<EventRow> Query(StoreDbContext db, AccountReach accounts, long after, long upTo, int limit)
    {
        if (accounts.IsAll || accounts.Listed.Count > VisibleAccounts.MostMerged)
            return Of(db, accounts, after, upTo).OrderBy(row => row.Sequence).Take(limit);

        // Each account's part is a short walk along its index, however quiet it is and however busy the others are.
        return accounts.Listed
            .Select(account => Part(db, after, upTo).Where(row => row.AccountId == account).OrderBy(row => row.Sequence).Take(limit))
            .Aggregate(Queryable.Concat)
            .OrderBy(row => row.Sequence).Take(limit);
    }

    private static IQueryable<EventRow> Of(StoreDbContext db, AccountReach accounts, long after, long upTo)
    {
        if (accounts.IsAll) return Part(db, after, upTo);
        var ids = accounts.Listed.ToList();
        return Part(db, after, upTo).Where(row => ids.Contains(row.AccountId));
    }

    private static IQueryable<EventRow> Part(StoreDbContext db, long after, long upTo) =>
        db.Events.Where(row => row.Sequence > after && row.Sequence <= upTo);
}
