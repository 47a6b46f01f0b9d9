using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// Takes sends back that are certainly not with Meta. Of one that is claimed nothing is done: its call may be under way, and its report
/// tells how it ended.
/// </summary>
internal sealed class CancelSendHandler(SendSignal signal, TimeProvider clock) : IMessageHandler<SenderDbContext, CancelSend>
{
    private static readonly SendError Cancelled = new(SendErrorCodes.Cancelled, "It was taken back before Meta had it.", true, null);

    public async Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<CancelSend>> items)
    {
        var ids = items.Select(item => item.Body.MessageId).ToList();
        var rows = await scope.Db.Ledger.Where(row => ids.Contains(row.MessageId)).ToDictionaryAsync(row => row.MessageId);
        var now = clock.GetUtcNow();
        foreach (var item in items)
        {
            var cancel = item.Body;
            if (!rows.TryGetValue(cancel.MessageId, out var row))
            {
                // The command to send is still on its way; it will find this row.
                row = LedgerEntry.Of(cancel, now);
                scope.Db.Add(row);
                rows.Add(cancel.MessageId, row);
            }

            if (row.AccountId != cancel.AccountId) continue;
            if (row.State is not (LedgerState.Queued or LedgerState.Waiting)) continue;
            row.Reject(Cancelled, now);
            scope.Publish(row.Report(SendOutcome.Rejected, Cancelled, now), item.TraceParent);
        }

        scope.AfterCommit(signal.Wake);
    }
}
