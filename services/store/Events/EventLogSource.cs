using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Outbox;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Events;

/// <summary>The event log as the relay sees it: rows behind a cursor, which moves over confirmed rows only.</summary>
internal sealed class EventLogSource(
    IDbContextFactory<StoreDbContext> factory, IUnitOfWork<StoreDbContext> unitOfWork, EventLogSignal signal) : IRelaySource
{
    public string Name => "store.events";

    public WakeSignal Signal => signal;

    public async Task<IReadOnlyList<RelayRow>> ReadAsync(int limit, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var cursor = await db.Counters.Where(row => row.Name == Counter.Dispatched).Select(row => row.Value).SingleAsync(cancellationToken);
        var events = await db.Events.Where(row => row.Sequence > cursor).OrderBy(row => row.Sequence).Take(limit).ToListAsync(cancellationToken);
        return events.ConvertAll(row => new RelayRow(
            row.Sequence,
            new InboxEvent(row.Sequence, row.Id, row.Type, row.AccountId, row.AccountVersion, row.ConversationId, row.Body),
            row.TraceParent,
            row.Body.Length));
    }

    public async Task MarkAsync(IReadOnlyList<RelayRow> published, CancellationToken cancellationToken)
    {
        var confirmed = published.Select(row => row.Id).ToHashSet();
        await unitOfWork.ExecuteAsync(
            async scope =>
            {
                var counter = scope.Db.Counters.Where(row => row.Name == Counter.Dispatched);
                var cursor = await counter.Select(row => row.Value).SingleAsync();
                var last = cursor;
                // A bundle in the middle may have failed; what is behind it is published again rather than the gap forgotten.
                while (confirmed.Contains(last + 1)) last++;
                if (last > cursor) await counter.ExecuteUpdateAsync(set => set.SetProperty(row => row.Value, last));
            },
            cancellationToken);
    }
}
