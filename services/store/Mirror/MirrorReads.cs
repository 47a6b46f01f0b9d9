using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Mirror;

/// <summary>
/// Reads pages of the log for the CRM's mirror, and of what there is while it is filled. Who asks applies the answers one after the other,
/// so a page only has to be as new as its <see cref="MirrorRead.Head"/>, which is read first.
/// </summary>
internal sealed class MirrorReads(TimeProvider clock) : IMessageHandler<StoreDbContext, ReadMirror>
{
    /// <summary>Events of a page, at most: on SQLite every other writer waits for it.</summary>
    private const int MostEvents = 1_000;

    /// <summary>Bytes of the events of a page, at most, unless the first one alone has more.</summary>
    private const int MostBytes = 1024 * 1024;

    /// <summary>Erasures of a page, at most; the others come once these are over.</summary>
    private const int MostErasures = 200;

    public async Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<ReadMirror>> items)
    {
        foreach (var item in items) scope.Publish(await ReadAsync(scope.Db, item.Body, clock.GetUtcNow()));
    }

    /// <summary>Reads one page.</summary>
    public static async Task<MirrorRead> ReadAsync(StoreDbContext db, ReadMirror asked, DateTimeOffset now)
    {
        var head = await db.Counters.Where(row => row.Name == Counter.Events).Select(row => row.Value).SingleAsync();
        var oldest = await db.Events.OrderBy(row => row.Sequence).Select(row => (long?)row.Sequence).FirstOrDefaultAsync() ?? head + 1;
        var last = asked.LastSequence is { } sequence ? await IdAtAsync(db, sequence) : null;
        // A mirror that is to be filled begins with the log as it is now, and so does one that missed what the log has no more.
        var (events, position) = asked.After is { } after && after < head && oldest <= after + 1
            ? await EventsAsync(db, after, head, asked.Types)
            : ([], head);
        return new MirrorRead(
            asked.Ask,
            asked.After,
            head,
            oldest,
            last,
            events,
            position,
            await IdAtAsync(db, position),
            asked.Fill is { } place ? await FillPages.ReadAsync(db, place, now) : null,
            await ErasuresAsync(db, asked.ErasedSince),
            now);
    }

    private static async Task<(List<InboxEvent> Events, long Position)> EventsAsync(
        StoreDbContext db, long after, long head, IReadOnlyList<string> types)
    {
        // The types that a mirror has no use for are passed over within a window, so that a page is a short walk whatever is in it.
        var end = Math.Min(head, after + (4 * MostEvents));
        var rows = await db.ReadableAsync(
            first => db.Events.AsNoTracking().Where(row => row.Sequence > after && row.Sequence <= end && types.Contains(row.Type))
                .OrderBy(row => row.Sequence).Take(first),
            MostEvents);
        return EventPages.Cut(rows, MostEvents, MostBytes, end);
    }

    private static async Task<EventId?> IdAtAsync(StoreDbContext db, long sequence)
    {
        var ids = await db.ReadableAsync(
            db.Events.Where(row => row.Sequence == sequence).OrderBy(row => row.Sequence).Select(row => (EventId?)row.Id));
        return ids.Count > 0 ? ids[0] : null;
    }

    private static async Task<IReadOnlyList<MirrorErasure>> ErasuresAsync(StoreDbContext db, DateTimeOffset? since)
    {
        var rows = await db.ReadableAsync(
            first => db.Set<Erasure>().AsNoTracking()
                .Where(row => row.Step != ErasureStep.Over || (since != null && row.FinishedAt > since)).OrderBy(row => row.Id).Take(first),
            MostErasures);
        return [.. rows.Select(row => new MirrorErasure(
            row.Id, row.Step == ErasureStep.Over, row.AccountId, row.IsOfAccount, row.ContactId, row.ConversationId, row.AskedAt))];
    }
}
