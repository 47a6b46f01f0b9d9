using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Erasures;

/// <summary>Wakes the erasures.</summary>
internal sealed class ErasureSignal : WakeSignal;

/// <summary>Takes erasures in. From its commit on no event of before becomes a delivery.</summary>
internal sealed class EraseDataHandler(ErasureSignal signal, DeliveryMailbox mailbox, TimeProvider clock)
    : IMessageHandler<CrmForwarderDbContext, EraseData>
{
    public async Task HandleAsync(WorkScope<CrmForwarderDbContext> scope, IReadOnlyList<BusItem<EraseData>> items)
    {
        // Locked: the report of an earlier round that is written meanwhile would stand for this one's, and nobody would carry it out.
        var erasures = items.Select(item => item.Body.ErasureId).Distinct().ToList();
        await scope.Db.Set<DataErasure>().ForUpdate().Where(row => erasures.Contains(row.ErasureId)).LoadAsync();
        foreach (var command in items.Select(item => item.Body))
        {
            if (command.Events is { } events)
            {
                var ids = await scope.Db.Deliveries.Where(row => events.Contains(row.EventId)).Select(row => row.Id).ToListAsync();
                await ErasedDeliveries.RemoveAsync(scope, ids, mailbox);
                await scope.Db.WaitingEvents.Where(row => events.Contains(row.EventId)).ExecuteDeleteAsync();
                continue;
            }

            var row = await scope.Db.FindAsync<DataErasure>(command.ErasureId);
            if (row is null) scope.Db.Add(row = DataErasure.Of(command));
            row.Begin(command, clock.GetUtcNow());
        }

        scope.AfterCommit(signal.Wake);
    }
}
