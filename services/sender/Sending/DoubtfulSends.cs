using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// Lets a refusal in doubt count: Meta refused with a code that we do not know, which was seen on sends that went out, and no echo has come
/// since.
/// </summary>
internal sealed partial class DoubtfulSends(
    IDbContextFactory<SenderDbContext> factory,
    IUnitOfWork<SenderDbContext> unitOfWork,
    Leases<SenderDbContext> leases,
    UnreadableRows unreadable,
    SendSignal signal,
    TimeProvider clock,
    ILogger<DoubtfulSends> logger) : Sweeper("doubtful-sends", factory, unitOfWork, leases, unreadable, signal, clock, logger)
{
    protected override IQueryable<LedgerEntry> Find(SenderDbContext db, DateTimeOffset now) =>
        db.Ledger.Where(row => row.State == LedgerState.Unknown && row.DueAt <= now);

    protected override void Settle(WorkScope<SenderDbContext> scope, LedgerEntry row, DateTimeOffset now)
    {
        var error = new SendError(row.ErrorCode ?? "meta_error", row.ErrorMessage ?? "", row.RetriesAfterDoubt, null);
        if (row.RetriesAfterDoubt) row.Wait(error, now);
        else row.Reject(error, now);
        var outcome = row.RetriesAfterDoubt ? SendOutcome.Later : SendOutcome.Rejected;
        scope.Publish(new SendReported(row.MessageId, row.AccountId, row.Attempts, outcome, null, error, now), row.TraceParent);
        scope.AfterCommit(() => LogCounts(logger, row.MessageId, row.AccountId, row.Attempts, outcome));
    }

    [LoggerMessage(
        EventName = "message.refusal_counts",
        Level = LogLevel.Warning,
        Message = "{MessageId} of {AccountId}, attempt {Attempt}: no echo came, so the refusal counts: {Outcome}")]
    private static partial void LogCounts(ILogger logger, MessageId messageId, AccountId accountId, int attempt, SendOutcome outcome);
}
