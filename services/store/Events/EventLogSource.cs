using System.Text.Json;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Outbox;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Events;

/// <summary>The event log as the relay sees it: rows behind a cursor, which moves over confirmed rows only.</summary>
internal sealed class EventLogSource : IRelaySource
{
    private readonly IDbContextFactory<StoreDbContext> _factory;
    private readonly IUnitOfWork<StoreDbContext> _unitOfWork;
    private readonly TimeProvider _clock;

    public EventLogSource(
        IDbContextFactory<StoreDbContext> factory,
        IUnitOfWork<StoreDbContext> unitOfWork,
        EventLogSignal signal,
        Leases<StoreDbContext> leases,
        TimeProvider clock)
    {
        (_factory, _unitOfWork, _clock) = (factory, unitOfWork, clock);
        Lease = leases.Of(Name);
        Signal = signal;
        signal.IsServedHere = () => Lease.IsHeld;
    }

    public string Name => "store.events";

    public WakeSignal Signal { get; }

    public ILease Lease { get; }

    public async Task<IReadOnlyList<RelayRow>> ReadAsync(int limit, CancellationToken cancellationToken)
    {
        await using var db = await _factory.CreateDbContextAsync(cancellationToken);
        var cursor = await db.Counters.Where(row => row.Name == Counter.Dispatched).Select(row => row.Value).SingleAsync(cancellationToken);
        var behind = db.Events.Where(row => row.Sequence > cursor).OrderBy(row => row.Sequence).Take(limit);
        try
        {
            var rows = await behind.ToListAsync(cancellationToken);
            var erased = await TakenBack.EventsAsync(db, rows, cancellationToken);
            return rows.ConvertAll(row => ToRelayRow(row, erased));
        }
        catch (Exception error) when (DatabaseErrors.IsUnreadable(error))
        {
            return await ReadOneByOneAsync(db, behind, cancellationToken);
        }
    }

    public async Task MarkAsync(IReadOnlyList<RelayRow> published, CancellationToken cancellationToken)
    {
        var confirmed = published.Select(row => row.Id).ToHashSet();
        await _unitOfWork.ExecuteAsync(
            async scope =>
            {
                await scope.FenceAsync(Lease);
                var counter = scope.Db.Counters.Where(row => row.Name == Counter.Dispatched);
                var cursor = await counter.Select(row => row.Value).SingleAsync();
                var last = cursor;
                // A bundle in the middle may have failed. What is behind it is published again, so that the gap is not forgotten.
                while (confirmed.Contains(last + 1)) last++;
                if (last > cursor) await counter.ExecuteUpdateAsync(set => set.SetProperty(row => row.Value, last));
            },
            cancellationToken);
    }

    public Task SetAsideAsync(RelayRow row) => _unitOfWork.ExecuteAsync(async scope =>
    {
        await scope.FenceAsync(Lease);
        var itemId = $"{Name}-{row.Id}";
        if (await scope.Db.Set<DeadLetter>().AnyAsync(letter => letter.Queue == Name && letter.ItemId == itemId)) return;
        // Its content stays in the log alone, where an unsend finds it.
        var body = JsonSerializer.SerializeToUtf8Bytes(new { sequence = row.Id });
        scope.Db.Add(DeadLetter.Of(Name, nameof(InboxEvent), itemId, body, null, row.Unreadable!, _clock));
    });

    /// <summary>
    /// Reads rows one by one, because a single row that cannot be read (an id edited by hand, a broken page) fails the read of all, and
    /// would stop the log for ever.
    /// </summary>
    private static async Task<List<RelayRow>> ReadOneByOneAsync(
        StoreDbContext db, IQueryable<EventRow> behind, CancellationToken cancellationToken)
    {
        var rows = new List<RelayRow>();
        foreach (var sequence in await behind.Select(row => row.Sequence).ToListAsync(cancellationToken))
        {
            try
            {
                var row = await db.Events.SingleAsync(row => row.Sequence == sequence, cancellationToken);
                rows.Add(ToRelayRow(row, await TakenBack.EventsAsync(db, [row], cancellationToken)));
            }
            catch (Exception error) when (DatabaseErrors.IsUnreadable(error))
            {
                rows.Add(RelayRow.CannotBeRead(sequence, "A column of the event cannot be read."));
            }
        }

        return rows;
    }

    private static RelayRow ToRelayRow(EventRow row, ILookup<long, EventId> erased)
    {
        List<EventId>? others = [.. erased[row.Sequence].Where(id => id != row.Id)];
        if (others.Count == 0) others = null;
        return new RelayRow(
            row.Sequence,
            new InboxEvent(
                row.Sequence, row.Id, row.Type, row.AccountId, row.AccountVersion, row.ConversationId, row.Body, others),
            row.TraceParent,
            row.Body.Length);
    }
}
