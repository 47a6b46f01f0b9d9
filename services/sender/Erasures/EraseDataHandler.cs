using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Erasures;

/// <summary>Wakes the erasures.</summary>
internal sealed class ErasureSignal : WakeSignal;

/// <summary>Takes erasures in. From its commit on no send that was accepted before is made.</summary>
internal sealed class EraseDataHandler(ErasureSignal signal, TimeProvider clock) : IMessageHandler<SenderDbContext, EraseData>
{
    public async Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<EraseData>> items)
    {
        // Locked: the report of an earlier round that is written meanwhile would stand for this one's, and nobody would carry it out.
        var ids = items.Select(item => item.Body.ErasureId).Distinct().ToList();
        await scope.Db.Set<DataErasure>().ForUpdate().Where(row => ids.Contains(row.ErasureId)).LoadAsync();
        // Events are kept elsewhere.
        foreach (var command in items.Select(item => item.Body).Where(command => command.Events is null))
        {
            var row = await scope.Db.FindAsync<DataErasure>(command.ErasureId);
            if (row is null) scope.Db.Add(row = DataErasure.Of(command));
            row.Begin(command, clock.GetUtcNow());
        }

        scope.AfterCommit(signal.Wake);
    }
}
