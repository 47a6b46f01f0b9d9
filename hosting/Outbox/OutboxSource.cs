using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Hosting.Outbox;

/// <summary>The outbox of one database, as the relay sees it.</summary>
internal sealed class OutboxSource<TContext>(
    IDbContextFactory<TContext> factory,
    IUnitOfWork<TContext> unitOfWork,
    OutboxSignal<TContext> signal,
    TimeProvider clock) : IRelaySource
    where TContext : ServiceDbContext
{
    public string Name { get; } = typeof(TContext).Name + ".outbox";

    public WakeSignal Signal => signal;

    public async Task<IReadOnlyList<RelayRow>> ReadAsync(int limit, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var messages = await db.Set<OutboxMessage>().OrderBy(row => row.Id).Take(limit).ToListAsync(cancellationToken);
        var rows = new List<RelayRow>(messages.Count);
        foreach (var message in messages)
        {
            if (BusTopology.TryRead(message.Type, message.Body, out var body, out var error))
                rows.Add(new RelayRow(message.Id, body, message.TraceParent, message.Body.Length));
            else
                await BuryAsync(message, error);
        }

        return rows;
    }

    public async Task MarkAsync(IReadOnlyList<RelayRow> published, CancellationToken cancellationToken)
    {
        var ids = published.Select(row => row.Id).ToList();
        await unitOfWork.ExecuteAsync(scope => DeleteAsync(scope, ids), cancellationToken);
    }

    /// <summary>A row that cannot be read (its type is gone) would stop all behind it, so it becomes a dead letter.</summary>
    private Task BuryAsync(OutboxMessage message, string error) => unitOfWork.ExecuteAsync(async scope =>
    {
        scope.Db.Add(DeadLetter.Of(Name, message.Type, $"{Name}-{message.Id}", message.Body, message.TraceParent, error, clock));
        await DeleteAsync(scope, [message.Id]);
    });

    private static async Task DeleteAsync(WorkScope<TContext> scope, List<long> ids) =>
        await scope.Db.Set<OutboxMessage>().Where(row => ids.Contains(row.Id)).ExecuteDeleteAsync();
}
