using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// A claim whose process died between claim and record. If its call had begun Meta may have the message, so the send becomes unknown and is
/// never made again by itself; if not, it goes back to the queue. On SQLite the process owns the file, so at start every claim is one of a
/// dead process; on MySQL a claim is given up once its time is over, because another replica may be at it.
/// </summary>
internal sealed partial class ClaimRescuer(
    IDbContextFactory<SenderDbContext> factory,
    IUnitOfWork<SenderDbContext> unitOfWork,
    Leases<SenderDbContext> leases,
    DatabaseFile<SenderDbContext> file,
    UnreadableRows unreadable,
    SendSignal signal,
    IOptions<SenderOptions> options,
    TimeProvider clock,
    ILogger<ClaimRescuer> logger) : Sweeper("claim-rescuer", factory, unitOfWork, leases, unreadable, signal, clock, logger)
{
    private static readonly SendError Interrupted = new(
        "interrupted", "The process ended during the call; the message may have been sent.", false, null);

    /// <summary>Whether rounds have begun: until then, on SQLite, nobody alive has a claim.</summary>
    private bool _running;

    /// <summary>Rescues before the dispatcher makes its first claim.</summary>
    public override async Task BeginAsync(CancellationToken cancellationToken)
    {
        while (file.Path is not null && await RoundAsync(cancellationToken) == NextRound.Now)
        {
        }

        _running = true;
    }

    protected override IQueryable<LedgerEntry> Find(SenderDbContext db, DateTimeOffset now)
    {
        var over = _running || file.Path is null ? now : DateTimeOffset.MaxValue;
        return db.Ledger.Where(row => row.State == LedgerState.Claimed && row.ClaimedUntil <= over);
    }

    protected override void Settle(WorkScope<SenderDbContext> scope, LedgerEntry row, DateTimeOffset now)
    {
        if (row.CalledAt is null)
        {
            row.Release();
            scope.AfterCommit(() => LogReleased(logger, row.MessageId, row.AccountId, row.Attempts));
            return;
        }

        if (row.Content is { IsRepeatable: true })
        {
            // Done twice it is the same as once.
            row.Wait(Interrupted, now);
            scope.AfterCommit(() => LogReleased(logger, row.MessageId, row.AccountId, row.Attempts));
            return;
        }

        row.MarkUnknown(Interrupted, now, now + options.Value.ReadBackAfter);
        scope.Publish(row.Report(SendOutcome.Unknown, Interrupted, now), row.TraceParent);
        scope.AfterCommit(() => LogOrphaned(logger, row.MessageId, row.AccountId, row.Attempts));
    }

    [LoggerMessage(
        EventName = "message.released",
        Level = LogLevel.Warning,
        Message = "{MessageId} of {AccountId} goes back to the queue: the process of attempt {Attempt} ended before its call")]
    private static partial void LogReleased(ILogger logger, MessageId messageId, AccountId accountId, int attempt);

    [LoggerMessage(
        EventName = "message.unknown",
        Level = LogLevel.Warning,
        Message = "{MessageId} of {AccountId} may have been sent, attempt {Attempt}: its process ended during the call")]
    private static partial void LogOrphaned(ILogger logger, MessageId messageId, AccountId accountId, int attempt);
}
