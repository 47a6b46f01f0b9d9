using System.Diagnostics;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Sender.Sending;

/// <summary>Writes what a call came to: the row, the report, and what must wait, in one transaction.</summary>
internal sealed class Recorder(
    IUnitOfWork<SenderDbContext> unitOfWork,
    SendSignal signal,
    IOptions<SenderOptions> options,
    TimeProvider clock,
    ILogger<Recorder> logger)
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMilliseconds(200);

    /// <summary>Failures that the database is not to blame for; after this many the send is left to the rescuer.</summary>
    private const int MostFailures = 50;

    /// <summary>Returns only once the answer is written: it exists nowhere else, and without it the send becomes unknown.</summary>
    /// <param name="answer">What came of its call.</param>
    /// <param name="duration">How long the call took.</param>
    /// <param name="stopped">Cancelled when the process must end; the row then stays claimed and becomes unknown.</param>
    public async Task RecordAsync(ClaimedSend send, GraphAnswer answer, TimeSpan duration, CancellationToken stopped)
    {
        var jitter = Random.Shared.NextDouble();
        var failures = 0;
        while (true)
        {
            try
            {
                var error = await unitOfWork.ExecuteAsync(scope => WriteAsync(scope, send, answer, jitter), stopped);
                SendMetrics.Called(answer.Verdict, duration);
                logger.Outcome(send, answer, error, duration);
                return;
            }
            catch (Exception error) when (
                !stopped.IsCancellationRequested && (DatabaseErrors.IsUnavailable(error) || ++failures < MostFailures))
            {
                logger.NotRecorded(error, send.MessageId, send.Attempt);
                await Task.Delay(TryAgainAfter, clock, stopped);
            }
        }
    }

    private async Task<SendError?> WriteAsync(WorkScope<SenderDbContext> scope, ClaimedSend send, GraphAnswer answer, double jitter)
    {
        var now = clock.GetUtcNow();
        var row = await scope.Db.Ledger.SingleAsync(entry => entry.Sequence == send.Sequence);
        // Unknown: the claim ran out while the database was away, and the rescuer was first.
        var ours = row.Attempts == send.Attempt && row.State is LedgerState.Claimed or LedgerState.Unknown;
        var holdUntil = await HoldBacks.ApplyAsync(scope.Db, send, answer, ours, jitter, now);
        var error = ErrorOf(answer.Verdict, holdUntil ?? now + RetryPolicy.Retry(send.Attempt, jitter));
        if (Apply(row, answer.Verdict, ours, error, now, now + options.Value.ReadBackAfter) is { } outcome)
        {
            var told = outcome == SendOutcome.Unknown ? error! with { Retryable = false, RetryAt = null } : error;
            scope.Publish(
                row.Report(outcome, told, now) with { Attempt = send.Attempt }, Activity.Current?.Id ?? send.TraceParent);
        }

        scope.AfterCommit(signal.Wake);
        return error;
    }

    /// <summary>
    /// Applies the verdict to the row. Returns null when the row has gone on without us: an echo has settled it, or an operator has
    /// decided. Only "sent" still counts then, even with another mid than the one that an echo has lent the row.
    /// </summary>
    private static SendOutcome? Apply(
        LedgerEntry row, Verdict verdict, bool ours, SendError? error, DateTimeOffset now, DateTimeOffset lookAt)
    {
        switch (verdict)
        {
            case Verdict.Sent sent:
                if (row.State == LedgerState.Sent && row.InstagramMessageId == sent.Id) return null;
                row.MarkSent(sent.Id, now);
                return SendOutcome.Sent;
            case var _ when !ours:
                return null;
            case Verdict.Rejected { InDoubt: true } or Verdict.Later { InDoubt: true } when row.Content is not { IsRepeatable: true }:
                row.Doubt(error!, now, lookAt, retries: verdict is Verdict.Later);
                return SendOutcome.Unknown;
            case Verdict.Rejected:
                row.Reject(error!, now);
                return SendOutcome.Rejected;
            case Verdict.Later:
                row.Wait(error!, error!.RetryAt ?? now);
                return SendOutcome.Later;
            case Verdict.Unknown when row.Content is { IsRepeatable: true }:
                row.Wait(error!, error!.RetryAt ?? now);
                return SendOutcome.Later;
            default:
                row.MarkUnknown(error!, now, lookAt);
                return SendOutcome.Unknown;
        }
    }

    private static SendError? ErrorOf(Verdict verdict, DateTimeOffset retryAt) => verdict switch
    {
        Verdict.Rejected rejected => new SendError(rejected.Code, rejected.Message, rejected.Retryable, null),
        Verdict.Later later =>
            new SendError(later.Code, later.Message, true, later.HoldBack == HoldBack.AccountUntilNewToken ? null : retryAt),
        Verdict.Unknown unknown => new SendError(unknown.Code, unknown.Message, false, retryAt),
        _ => null,
    };
}
