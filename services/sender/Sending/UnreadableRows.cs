using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// Rejects rows of the ledger that cannot be read (an id without its form, a time out of range) and reports each, so that it holds up none
/// of those that are read together with it.
/// </summary>
internal sealed partial class UnreadableRows(
    IDbContextFactory<SenderDbContext> factory,
    IUnitOfWork<SenderDbContext> unitOfWork,
    SendSignal signal,
    TimeProvider clock,
    ILogger<UnreadableRows> logger)
{
    private static readonly SendError Unreadable = new("row_unreadable", "What is kept of the send cannot be read.", false, null);

    /// <summary>Whether a value caused the error: a database that is away never raises these.</summary>
    public static bool IsCause(Exception error) =>
        error.GetBaseException() is FormatException or InvalidCastException or OverflowException or ArgumentOutOfRangeException;

    /// <summary>Looks at each row by itself, and rejects those that cannot be read.</summary>
    public async Task SetAsideAsync(IReadOnlyCollection<long> sequences, CancellationToken cancellationToken)
    {
        foreach (var sequence in sequences)
        {
            if (await IsReadableAsync(sequence, cancellationToken)) continue;
            await RejectAsync(sequence, cancellationToken);
        }
    }

    /// <summary>Rejects a row that cannot be worked with, and tells the store if the row still says of which message.</summary>
    public async Task RejectAsync(long sequence, CancellationToken cancellationToken)
    {
        await unitOfWork.ExecuteAsync(scope => RejectAsync(scope, sequence), cancellationToken);
        LogSetAside(logger, sequence);
        signal.Wake();
    }

    private async Task<bool> IsReadableAsync(long sequence, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        try
        {
            await db.Ledger.Where(row => row.Sequence == sequence).ToListAsync(cancellationToken);
            return true;
        }
        catch (Exception error) when (IsCause(error))
        {
            return false;
        }
    }

    private async Task RejectAsync(WorkScope<SenderDbContext> scope, long sequence)
    {
        var now = clock.GetUtcNow();
        var row = scope.Db.Ledger.Where(
            entry => entry.Sequence == sequence && entry.State != LedgerState.Sent && entry.State != LedgerState.Rejected);
        if (await TellAsync(row) is { } report) scope.Publish(report with { At = now });
        await row.ExecuteUpdateAsync(set => set
            .SetProperty(entry => entry.State, LedgerState.Rejected)
            .SetProperty(entry => entry.ErrorCode, Unreadable.Code)
            .SetProperty(entry => entry.ErrorMessage, Unreadable.Message)
            .SetProperty(entry => entry.SettledAt, now));
    }

    /// <summary>Makes the report for the store; null when the row does not say of which message.</summary>
    private static async Task<SendReported?> TellAsync(IQueryable<LedgerEntry> row)
    {
        try
        {
            var ids = await row.Select(entry => new { entry.MessageId, entry.AccountId, entry.Attempts }).SingleOrDefaultAsync();
            return ids is null
                ? null
                : new SendReported(ids.MessageId, ids.AccountId, ids.Attempts, SendOutcome.Rejected, null, Unreadable, default);
        }
        catch (Exception error) when (IsCause(error))
        {
            return null;
        }
    }

    [LoggerMessage(
        EventName = "message.unreadable", Level = LogLevel.Error, Message = "Row {Sequence} of the ledger cannot be read; it was rejected")]
    private static partial void LogSetAside(ILogger logger, long sequence);
}
