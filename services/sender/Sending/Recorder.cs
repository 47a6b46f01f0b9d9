using System.Diagnostics;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Sending;

/// <summary>Writes what a call came to: the row, the report, and what must wait, in one transaction.</summary>
internal sealed class Recorder(IUnitOfWork<SenderDbContext> unitOfWork, SendSignal signal, TimeProvider clock, ILogger<Recorder> logger)
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMilliseconds(200);

    /// <summary>Does not return before it is written: the answer exists nowhere else, and without it the send becomes unknown.</summary>
    /// <param name="send">The send.</param>
    /// <param name="answer">What came of its call.</param>
    /// <param name="duration">How long the call took.</param>
    /// <param name="stopped">The process must end: the row stays claimed and becomes unknown.</param>
    public async Task RecordAsync(ClaimedSend send, GraphAnswer answer, TimeSpan duration, CancellationToken stopped)
    {
        var jitter = Random.Shared.NextDouble();
        while (true)
        {
            try
            {
                var error = await unitOfWork.ExecuteAsync(scope => WriteAsync(scope, send, answer, jitter), stopped);
                SendMetrics.Called(answer.Verdict, duration);
                logger.Outcome(send, answer, error, duration);
                return;
            }
            catch (Exception error) when (DatabaseErrors.IsUnavailable(error) && !stopped.IsCancellationRequested)
            {
                logger.NotRecorded(error, send.MessageId, send.Attempt);
                await Task.Delay(TryAgainAfter, clock, stopped);
            }
        }
    }

    private async Task<SendError?> WriteAsync(WorkScope<SenderDbContext> scope, ClaimedSend send, GraphAnswer answer, double jitter)
    {
        var now = clock.GetUtcNow();
        var holdUntil = await HoldBackAsync(scope.Db, send, answer, jitter, now);
        var row = await scope.Db.Ledger.SingleAsync(entry => entry.Sequence == send.Sequence);
        var error = ErrorOf(answer.Verdict, holdUntil ?? now + RetryPolicy.Retry(send.Attempt, jitter));
        if (Apply(row, send, answer.Verdict, error, now) is { } outcome)
        {
            scope.Publish(new SendReported(row.MessageId, row.AccountId, row.Attempts, outcome, row.InstagramMessageId, error, now), Activity.Current?.Id ?? send.TraceParent);
        }

        scope.AfterCommit(signal.Wake);
        return error;
    }

    /// <summary>
    /// Null when the row has gone on without us: an echo has settled it, or an operator has decided. Only "sent" is a truth that still counts then.
    /// </summary>
    private static SendOutcome? Apply(LedgerEntry row, ClaimedSend send, Verdict verdict, SendError? error, DateTimeOffset now)
    {
        if (verdict is Verdict.Sent sent)
        {
            if (row.State == LedgerState.Sent) return null;
            row.MarkSent(sent.Id, now);
            return SendOutcome.Sent;
        }

        // Unknown: the claim ran out while the database was away, and the rescuer was first.
        if (row.Attempts != send.Attempt || row.State is not (LedgerState.Claimed or LedgerState.Unknown)) return null;
        switch (verdict)
        {
            case Verdict.Rejected:
                row.Reject(error!, now);
                return SendOutcome.Rejected;
            case Verdict.Later:
                row.Wait(error!, error!.RetryAt ?? now);
                return SendOutcome.Later;
            default:
                row.MarkUnknown(error!, now);
                return SendOutcome.Unknown;
        }
    }

    private static SendError? ErrorOf(Verdict verdict, DateTimeOffset retryAt) => verdict switch
    {
        Verdict.Rejected rejected => new SendError(rejected.Code, rejected.Message, rejected.Retryable, null),
        Verdict.Later later => new SendError(later.Code, later.Message, true, later.HoldBack == HoldBack.AccountUntilNewToken ? null : retryAt),
        Verdict.Unknown unknown => new SendError(unknown.Code, unknown.Message, false, null),
        _ => null,
    };

    /// <summary>Pauses what the answer says; gives the end of the pause.</summary>
    private static async Task<DateTimeOffset?> HoldBackAsync(SenderDbContext db, ClaimedSend send, GraphAnswer answer, double jitter, DateTimeOffset now)
    {
        var later = answer.Verdict as Verdict.Later;
        var full = answer.Usage is { Percent: >= UsageHeaders.StopAt };
        var recovered = answer.Verdict is Verdict.Sent && send.Account.Recovering;
        if (later is null or { HoldBack: HoldBack.Nothing } && !full && !recovered) return null;

        var account = await db.Accounts.SingleAsync(row => row.AccountId == send.AccountId);
        if (recovered) account.Recover(now);
        if (later?.HoldBack == HoldBack.AccountUntilNewToken)
        {
            account.RefuseToken(send.Account.ProtectedToken);
            return null;
        }

        var reason = later is { HoldBack: not HoldBack.Nothing } ? later.Code : full ? "usage_nearly_full" : null;
        if (reason is null) return null;
        var until = now + (answer.Usage?.RegainAfter ?? RetryPolicy.Pause(account.Pauses, later?.HoldBack == HoldBack.AccountForLong, jitter));
        account.Pause(until, reason, now);
        if (later?.HoldBack == HoldBack.App) await PauseOthersAsync(db, account, until, reason);
        return account.PausedUntil;
    }

    private static async Task PauseOthersAsync(SenderDbContext db, SendingAccount account, DateTimeOffset until, string reason) =>
        await db.Accounts
            .Where(other => other.AccountId != account.AccountId && (other.PausedUntil == null || other.PausedUntil < until))
            .ExecuteUpdateAsync(set => set
                .SetProperty(other => other.PausedUntil, until)
                .SetProperty(other => other.PauseReason, reason)
                .SetProperty(other => other.Pauses, other => other.Pauses + 1));
}
