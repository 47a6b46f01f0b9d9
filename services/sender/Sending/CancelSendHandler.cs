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

    private static readonly SendError GivenUp = new("given_up", "It was never known to be sent, and was sent anew.", false, null);

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
            if (row.State is LedgerState.Queued or LedgerState.Waiting) Reject(scope, row, Cancelled, now, item.TraceParent);
            else if (row.State == LedgerState.Unknown && cancel.GiveUpUnknown) Reject(scope, row, GivenUp, now, item.TraceParent);
        }

        scope.AfterCommit(signal.Wake);
    }

    private static void Reject(
        WorkScope<SenderDbContext> scope, LedgerEntry row, SendError error, DateTimeOffset now, string? traceParent)
    {
        row.Reject(error, now);
        scope.Publish(row.Report(SendOutcome.Rejected, error, now), traceParent);
    }
}
