using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// The mark "the call begins", committed right before the call. It does two things. A claim without it certainly made no call, so its send
/// can go back to the queue when its process is dead. And a process that stood still and lost its claim meanwhile finds that out here, and
/// makes no call.
/// </summary>
internal sealed class CallMark(IUnitOfWork<SenderDbContext> unitOfWork, TimeProvider clock, ILogger<CallMark> logger)
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMilliseconds(200);

    /// <summary>Marks and reports that the call begins. Returns false when the claim is over, whoever ended it.</summary>
    /// <param name="stopped">Cancelled when the process must end; the claim then stays for the rescuer.</param>
    public async Task<bool> BeginAsync(ClaimedSend send, CancellationToken stopped)
    {
        while (true)
        {
            try
            {
                return await unitOfWork.ExecuteAsync(scope => BeginAsync(scope, send), stopped);
            }
            catch (Exception error) when (DatabaseErrors.IsUnavailable(error) && !stopped.IsCancellationRequested)
            {
                logger.NotMarked(error, send.MessageId, send.Attempt);
                await Task.Delay(TryAgainAfter, clock, stopped);
            }
        }
    }

    private async Task<bool> BeginAsync(WorkScope<SenderDbContext> scope, ClaimedSend send)
    {
        var row = await scope.Db.Ledger.SingleAsync(entry => entry.Sequence == send.Sequence);
        if (row.State != LedgerState.Claimed || row.Attempts != send.Attempt) return false;
        // Set already: the commit held although its answer was lost. Nobody else has this attempt in hand.
        if (row.CalledAt is not null) return true;
        var now = clock.GetUtcNow();
        row.BeginCall(now);
        scope.Publish(row.Report(SendOutcome.Sending, null, now), row.TraceParent);
        return true;
    }
}
