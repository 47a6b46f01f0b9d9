using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Events;

/// <summary>
/// Reads pages of the log for CRMs that want a part of it anew. A page is small and looks at few events: on SQLite every other writer waits
/// for it.
/// </summary>
internal sealed class ReplayPages : IMessageHandler<StoreDbContext, ReadEvents>
{
    /// <summary>Events of a page, at most.</summary>
    private const int Most = 64;

    /// <summary>Bytes of a page, at most, unless its first event alone has more.</summary>
    private const int MostBytes = 1024 * 1024;

    /// <summary>How far the order of the log and that of the times in it may differ: a unit may have waited long for its commit.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(10);

    public async Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<ReadEvents>> items)
    {
        foreach (var item in items) scope.Publish(await ReadAsync(scope.Db, item.Body));
    }

    /// <summary>Reads one page.</summary>
    public static async Task<EventsRead> ReadAsync(StoreDbContext db, ReadEvents asked)
    {
        var upTo = asked.UpTo ?? await db.Counters.Where(row => row.Name == Counter.Events).Select(row => row.Value).SingleAsync();
        var after = Math.Min(asked.After ?? await BehindAsync(db, asked.From, upTo), upTo);
        var isAll = asked.AllAccounts ?? asked.AccountIds is null;
        var reach = isAll ? AccountReach.All : AccountReach.Of(asked.AccountIds ?? []);
        if (reach is { IsAll: false, Listed.Count: 0 } || asked.Types is { Count: 0 })
            return new EventsRead(asked.ReplayId, asked.Page, [], after, upTo, upTo);
        if (await EventPages.NextPartAsync(db, reach, after, upTo, CancellationToken.None) is not var (behind, end))
            return new EventsRead(asked.ReplayId, asked.Page, [], after, upTo, upTo);
        var rows = await db.ReadableAsync(Query(db, asked, reach, behind, end).Take, Most);
        var (events, position) = EventPages.Cut(rows, Most, MostBytes, end);
        return new EventsRead(asked.ReplayId, asked.Page, events, after, position, upTo);
    }

    private static IQueryable<EventRow> Query(StoreDbContext db, ReadEvents asked, AccountReach reach, long behind, long end)
    {
        var rows = db.Events.AsNoTracking().Where(row => row.Sequence > behind && row.Sequence <= end);
        var listed = reach.Listed.ToList();
        if (!reach.IsAll) rows = rows.Where(row => listed.Contains(row.AccountId));
        if (asked.Types is { } types) rows = rows.Where(row => types.Contains(row.Type));
        if (asked.From is { } from) rows = rows.Where(row => row.OccurredAt >= from);
        if (asked.To is { } to) rows = rows.Where(row => row.OccurredAt < to);
        return rows.OrderBy(row => row.Sequence);
    }

    /// <summary>
    /// Finds a place of the log with nothing in front of it that is asked for, by halves, because no index knows the times. The database
    /// compares them, because one may be more than a time can be; one before 1970 is none of ours and would lead too far.
    /// </summary>
    private static async Task<long> BehindAsync(StoreDbContext db, DateTimeOffset? from, long end)
    {
        if (from is not { } begin) return 0;
        var (low, high) = (0L, end);
        // A client's "never" is the first moment that there is, and nothing is before it.
        var early = begin - DateTimeOffset.MinValue > Skew ? begin - Skew : DateTimeOffset.MinValue;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var next = await db.Events.Where(row => row.Sequence > middle && row.OccurredAt >= DateTimeOffset.UnixEpoch)
                .OrderBy(row => row.Sequence).Select(row => new { row.Sequence, IsEarly = row.OccurredAt < early })
                .FirstOrDefaultAsync();
            if (next is { IsEarly: true }) low = next.Sequence;
            else high = middle;
        }

        return low;
    }
}
