using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// A claim whose process died between claim and record. If its call had begun Meta may have the message, so the send becomes unknown and is never
/// made again by itself; if not, it goes back to the queue. On SQLite the process owns the file, so at start every claim is one of a dead process; on MySQL a claim is given up
/// once its time is over, because another replica may be at it.
/// </summary>
internal sealed partial class ClaimRescuer(
    IDbContextFactory<SenderDbContext> factory,
    IUnitOfWork<SenderDbContext> unitOfWork,
    DatabaseFile<SenderDbContext> file,
    UnreadableRows unreadable,
    SendSignal signal,
    TimeProvider clock,
    ILogger<ClaimRescuer> logger) : Sweeper(factory, unitOfWork, unreadable, signal, clock, logger)
{
    private static readonly SendError Interrupted = new("interrupted", "The process ended during the call; the message may have been sent.", false, null);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (file.Path is not null) await SweepAsync((db, _) => db.Ledger.Where(row => row.State == LedgerState.Claimed), cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override IQueryable<LedgerEntry> Find(SenderDbContext db, DateTimeOffset now) =>
        db.Ledger.Where(row => row.State == LedgerState.Claimed && row.ClaimedUntil <= now);

    protected override void Settle(WorkScope<SenderDbContext> scope, LedgerEntry row, DateTimeOffset now)
    {
        if (row.CalledAt is null)
        {
            row.Release();
            scope.AfterCommit(() => LogReleased(logger, row.MessageId, row.AccountId, row.Attempts));
            return;
        }

        row.MarkUnknown(Interrupted, now);
        scope.Publish(new SendReported(row.MessageId, row.AccountId, row.Attempts, SendOutcome.Unknown, null, Interrupted, now), row.TraceParent);
        scope.AfterCommit(() => LogOrphaned(logger, row.MessageId, row.AccountId, row.Attempts));
    }

    [LoggerMessage(EventName = "message.released", Level = LogLevel.Warning, Message = "{MessageId} of {AccountId} goes back to the queue: the process of attempt {Attempt} ended before its call")]
    private static partial void LogReleased(ILogger logger, MessageId messageId, AccountId accountId, int attempt);

    [LoggerMessage(EventName = "message.unknown", Level = LogLevel.Warning, Message = "{MessageId} of {AccountId} may have been sent, attempt {Attempt}: its process ended during the call")]
    private static partial void LogOrphaned(ILogger logger, MessageId messageId, AccountId accountId, int attempt);
}
