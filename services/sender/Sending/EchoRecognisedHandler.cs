using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// The echo proves that Meta has the message, so the send is settled whatever its call answered, also while the call is under way
/// (an echo may overtake the answer). Above all an unknown one ends here.
/// </summary>
internal sealed class EchoRecognisedHandler(SendSignal signal, TimeProvider clock) : IMessageHandler<SenderDbContext, EchoRecognised>
{
    /// <summary>How soon to look into the conversation when the echo may be that of an equal send whose call is under way.</summary>
    private static readonly TimeSpan AnswerComesWithin = TimeSpan.FromSeconds(2);

    public async Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<EchoRecognised>> items)
    {
        var ids = items.Select(item => item.Body.MessageId).ToList();
        var rows = await scope.Db.Ledger.Where(row => ids.Contains(row.MessageId)).ToDictionaryAsync(row => row.MessageId);
        foreach (var item in items)
        {
            var echo = item.Body;
            if (!rows.TryGetValue(echo.MessageId, out var row) || row.AccountId != echo.AccountId || row.State == LedgerState.Sent)
                continue;
            if (row.State == LedgerState.Unknown && await MayBeOfAnotherAsync(scope.Db, row, echo.InstagramMessageId)) continue;
            row.MarkSent(echo.InstagramMessageId, echo.At);
            scope.Publish(row.Report(SendOutcome.Sent, null, echo.At) with { ByEcho = true }, item.TraceParent);
        }

        scope.AfterCommit(signal.Wake);
    }

    /// <summary>
    /// An echo is matched by content, oldest first. Beside an unknown send an equal one may be under way whose echo this is; its answer
    /// says so, and else the next look into the conversation tells the two apart. Settled here, the unknown one would be lost unseen.
    /// </summary>
    private async Task<bool> MayBeOfAnotherAsync(SenderDbContext db, LedgerEntry row, InstagramMessageId mid)
    {
        var others = await db.Ledger
            .Where(other => other.AccountId == row.AccountId && other.RecipientId == row.RecipientId && other.Sequence != row.Sequence
                && (other.InstagramMessageId == mid || (other.State == LedgerState.Claimed && other.CalledAt != null)))
            .ToListAsync();
        if (others.Exists(other => other.InstagramMessageId == mid)) return true;
        if (!others.Exists(other => other.Content?.Likeness is { } likeness && likeness == row.Content?.Likeness)) return false;
        if (row.DueAt is not null) row.PutOffLook(clock.GetUtcNow() + AnswerComesWithin);
        return true;
    }
}
