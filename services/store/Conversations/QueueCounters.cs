using System.ComponentModel.DataAnnotations.Schema;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Conversations;

/// <summary><c>GET /counters</c>: how many threads stand in each queue of each account.</summary>
internal static class QueueCounters
{
    /// <summary>
    /// As far as a queue is counted. A count looks at each thread that it counts, every agent asks after every event, and nobody who has
    /// more waiting needs to know how many more.
    /// </summary>
    internal const int Most = 300;

    public static void MapQueueCounters(this IEndpointRouteBuilder routes) => routes.MapGet("", GetAsync)
        .WithSummary("How many conversations stand in each queue, by account.")
        .WithDescription(
            $"needs_reply: the newest message is the customer's, or the newest of the business failed. closing: of those, the 24 hours end "
            + "within 4 hours. unread: something came that nobody has read. failed: the newest message of the business failed. Each is "
            + $"counted up to {Most}; that number stands for all above it. The header Event-Sequence is how far the event log had come "
            + "before.")
        .Needs(Scopes.Read);

    private static async Task<Ok<Page<QueueCount>>> GetAsync(
        Caller caller,
        IDbContextFactory<StoreDbContext> factory,
        TimeProvider clock,
        AccountCursor? cursor,
        int? limit,
        CancellationToken cancellationToken)
    {
        var (size, now) = (PageLimit.Of(limit), clock.GetUtcNow());
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var linked = db.Accounts.Where(account => account.UnlinkedAt == null).Select(account => account.Id);
        if (!caller.Accounts.IsAll) linked = linked.Where(id => caller.Accounts.Listed.ToList().Contains(id));
        if (cursor is { Id: var last }) linked = linked.Where(id => id > last);
        var accounts = await db.ReadableAsync(linked.OrderBy(id => id).Take, size + 1, cancellationToken);
        var page = Page.Of(accounts, size, id => id, id => new AccountCursor(id));
        var needsReply = await CountAsync(db, page.Data, "attention IN (2, 3, 6, 7)", cancellationToken);
        var unread = await CountAsync(db, page.Data, "attention IN (1, 3, 7)", cancellationToken);
        var failed = await CountAsync(db, page.Data, "attention IN (6, 7)", cancellationToken);
        var ends = QueueWords.ClosingNow(now);
        var (from, to) = (ends.From.ToUnixTimeMilliseconds(), ends.To.ToUnixTimeMilliseconds());
        var closing = await CountAsync(
            db, page.Data, $"attention IN (2, 3) AND last_message_at BETWEEN {from} AND {to}", cancellationToken);
        // Their newest message is no older than what the customer wrote: that bounds the walk.
        var closingFailed = await CountAsync(
            db,
            page.Data,
            $"attention IN (6, 7) AND last_message_at >= {from} AND last_inbound_at BETWEEN {from} AND {to}",
            cancellationToken);
        return TypedResults.Ok(new Page<QueueCount>(
            [
                .. page.Data.Select(id => new QueueCount(
                    id,
                    needsReply[id.Value],
                    Math.Min(Most, closing[id.Value] + closingFailed[id.Value]),
                    unread[id.Value],
                    failed[id.Value])),
            ],
            page.NextCursor));
    }

    private static async Task<Dictionary<string, int>> CountAsync(
        StoreDbContext db, IReadOnlyList<AccountId> accounts, string queue, CancellationToken cancellationToken)
    {
        var (sql, arguments) = ToSql(accounts, queue, AttentionColumn.Hint(db));
        return accounts.Count == 0
            ? []
            : await db.Database.SqlQueryRaw<Counted>(sql, arguments).ToDictionaryAsync(
                row => row.AccountId, row => row.Count, cancellationToken);
    }

    /// <summary>One short walk along the queue's index for each account. LINQ would count with one statement for each.</summary>
    internal static (string Sql, object[] Arguments) ToSql(
        IReadOnlyList<AccountId> accounts, string queue, string index) => (
        string.Join(" UNION ALL ", accounts.Select((_, n) =>
            $"SELECT {{{n}}} AS account_id, COUNT(*) AS counted FROM (SELECT id FROM conversations{index} "
            + $"WHERE account_id = {{{n}}} AND {queue} LIMIT {Most}) AS waiting")),
        [.. accounts.Select(account => account.Value)]);

    internal sealed record Counted([property: Column("account_id")] string AccountId, [property: Column("counted")] int Count);
}

/// <summary>How many conversations of an account stand in each queue.</summary>
/// <param name="NeedsReply">The newest message is the customer's, or the newest of the business failed.</param>
/// <param name="Closing">Of those, the window closes within 4 hours.</param>
/// <param name="Unread">Something came that nobody has read.</param>
/// <param name="Failed">The newest message of the business failed.</param>
internal sealed record QueueCount(AccountId AccountId, int NeedsReply, int Closing, int Unread, int Failed);
