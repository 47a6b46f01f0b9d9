using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Hosting.Outbox;

/// <summary>The outbox of one database, as the relay sees it.</summary>
internal sealed class OutboxSource<TContext> : IRelaySource
    where TContext : ServiceDbContext
{
    private readonly IDbContextFactory<TContext> _factory;
    private readonly IUnitOfWork<TContext> _unitOfWork;
    private readonly TimeProvider _clock;

    public OutboxSource(
        IDbContextFactory<TContext> factory,
        IUnitOfWork<TContext> unitOfWork,
        OutboxSignal<TContext> signal,
        Leases<TContext> leases,
        TimeProvider clock)
    {
        (_factory, _unitOfWork, _clock) = (factory, unitOfWork, clock);
        Lease = leases.Of(Name);
        Signal = signal;
        signal.IsServedHere = () => Lease.IsHeld;
    }

    public string Name { get; } = typeof(TContext).Name + ".outbox";

    public WakeSignal Signal { get; }

    public ILease Lease { get; }

    public async Task<IReadOnlyList<RelayRow>> ReadAsync(int limit, CancellationToken cancellationToken)
    {
        await using var db = await _factory.CreateDbContextAsync(cancellationToken);
        var messages = await Read(db.Set<OutboxMessage>().OrderBy(row => row.Id).Take(limit)).ToListAsync(cancellationToken);
        return messages.ConvertAll(message => BusTopology.TryRead(message.Type, message.Body, out var body, out var error)
            ? new RelayRow(message.Id, body, message.TraceParent, message.Body.Length)
            : RelayRow.CannotBeRead(message.Id, error));
    }

    public async Task MarkAsync(IReadOnlyList<RelayRow> published, CancellationToken cancellationToken)
    {
        var ids = published.Select(row => row.Id).ToList();
        await _unitOfWork.ExecuteAsync(
            async scope =>
            {
                await scope.FenceAsync(Lease);
                await scope.Db.Set<OutboxMessage>().Where(row => ids.Contains(row.Id)).ByPrimaryKey().ExecuteDeleteAsync();
            },
            cancellationToken);
    }

    /// <summary>Makes a dead letter of a row that cannot be published (its type is gone), which would else stop all behind it.</summary>
    public Task SetAsideAsync(RelayRow row) => _unitOfWork.ExecuteAsync(async scope =>
    {
        await scope.FenceAsync(Lease);
        var kept = scope.Db.Set<OutboxMessage>().Where(message => message.Id == row.Id);
        if (await Read(kept).SingleOrDefaultAsync() is not { } found) return;
        scope.Db.Add(DeadLetter.Of(Name, found.Type, $"{Name}-{found.Id}", found.Body, found.TraceParent, row.Unreadable!, _clock));
        await kept.ExecuteDeleteAsync();
    });

    /// <summary>
    /// Leaves out the time, which nobody here needs: one that is out of range would fail the read of all rows, and stop the outbox for
    /// ever.
    /// </summary>
    private static IQueryable<Row> Read(IQueryable<OutboxMessage> rows) =>
        rows.Select(row => new Row(row.Id, row.Type, row.Body, row.TraceParent));

    private sealed record Row(long Id, string Type, byte[] Body, string? TraceParent);
}
