using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// Rejects sends that may not be made any more, without a call: the response window has closed over them, the account is gone, or the part
/// of the request before them has failed or was not found. Also those of a paused account, whose turn may never come.
/// </summary>
internal sealed partial class HopelessSends(
    IDbContextFactory<SenderDbContext> factory,
    IUnitOfWork<SenderDbContext> unitOfWork,
    Leases<SenderDbContext> leases,
    UnreadableRows unreadable,
    SendSignal signal,
    TimeProvider clock,
    ILogger<HopelessSends> logger) : Sweeper("hopeless-sends", factory, unitOfWork, leases, unreadable, signal, clock, logger)
{
    private static readonly SendError WindowClosed = new(
        "window_closed", "The response window closed before the message could be sent.", false, null);
    private static readonly SendError TooLate = new(
        "too_late", "Meta did not take it while it was of use.", true, null);

    private static readonly SendError AccountUnlinked = new(
        "account_unlinked", "The account was unlinked before the message could be sent.", true, null);

    private static readonly SendError EarlierPartFailed = new(
        "earlier_part_failed",
        "A part of the same request that goes before this one failed or stays unknown, so this one was not sent.",
        true,
        null);

    protected override IQueryable<LedgerEntry> Find(SenderDbContext db, DateTimeOffset now) => db.Ledger.Where(row =>
        (row.State == LedgerState.Queued || row.State == LedgerState.Waiting)
        && (row.ExpiresAt <= now
            || (row.After != null && db.Ledger.Any(before => before.MessageId == row.After && (before.State == LedgerState.Rejected
                || (before.State == LedgerState.Unknown && (before.Looks > 0 || before.DueAt == null)))))
            || db.Accounts.Any(
                account => account.Unlinked && account.AccountId == row.AccountId && account.Version >= row.AccountVersion)));

    protected override void Settle(WorkScope<SenderDbContext> scope, LedgerEntry row, DateTimeOffset now)
    {
        var error = row.ExpiresAt <= now && row.Content is { IsRepeatable: true } ? TooLate
            : row.ExpiresAt <= now ? WindowClosed
            : row.After is null ? AccountUnlinked : EarlierPartFailed;
        row.Reject(error, now);
        scope.Publish(row.Report(SendOutcome.Rejected, error, now), row.TraceParent);
        scope.AfterCommit(() => LogRejected(logger, row.MessageId, row.AccountId, error.Code));
    }

    [LoggerMessage(
        EventName = "message.rejected", Level = LogLevel.Warning, Message = "{MessageId} of {AccountId} rejected without a call: {Code}")]
    private static partial void LogRejected(ILogger logger, MessageId messageId, AccountId accountId, string code);
}
