using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// The echo proves that Meta has the message, so the send is settled whatever its call answered, also while the call is under way
/// (an echo may overtake the answer). Above all an unknown one ends here.
/// </summary>
internal sealed class EchoRecognisedHandler(SendSignal signal) : IMessageHandler<SenderDbContext, EchoRecognised>
{
    public async Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<EchoRecognised>> items)
    {
        var ids = items.Select(item => item.Body.MessageId).ToList();
        var rows = await scope.Db.Ledger.Where(row => ids.Contains(row.MessageId)).ToDictionaryAsync(row => row.MessageId);
        foreach (var item in items)
        {
            var echo = item.Body;
            if (!rows.TryGetValue(echo.MessageId, out var row) || row.AccountId != echo.AccountId || row.State == LedgerState.Sent)
                continue;
            row.MarkSent(echo.InstagramMessageId, echo.At);
            scope.Publish(
                new SendReported(
                    row.MessageId, row.AccountId, row.Attempts, SendOutcome.Sent, echo.InstagramMessageId, null, echo.At, ByEcho: true),
                item.TraceParent);
        }

        scope.AfterCommit(signal.Wake);
    }
}
