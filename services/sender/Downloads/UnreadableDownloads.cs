using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Sending;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Downloads;

/// <summary>
/// Removes rows of downloads that cannot be read, so that they hold up none of the others. The store gives such an attachment up by itself
/// when nothing is heard of it.
/// </summary>
internal sealed partial class UnreadableDownloads(
    IDbContextFactory<SenderDbContext> factory,
    IUnitOfWork<SenderDbContext> unitOfWork,
    TimeProvider clock,
    ILogger<UnreadableDownloads> logger)
{
    /// <summary>Looks at each of the rows that are due first, and removes those that cannot be read.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var due = await db.Downloads.Where(row => row.DueAt <= now).OrderBy(row => row.DueAt).ThenBy(row => row.Sequence)
            .Select(row => row.Sequence).Take(500).ToListAsync(cancellationToken);
        foreach (var sequence in due)
        {
            if (await IsReadableAsync(db, sequence, cancellationToken)) continue;
            await unitOfWork.ExecuteAsync(
                scope => scope.Db.Downloads.Where(row => row.Sequence == sequence).ExecuteDeleteAsync(), cancellationToken);
            LogRemoved(logger, sequence);
        }
    }

    private static async Task<bool> IsReadableAsync(SenderDbContext db, long sequence, CancellationToken cancellationToken)
    {
        try
        {
            await db.Downloads.AsNoTracking().Where(row => row.Sequence == sequence).ToListAsync(cancellationToken);
            return true;
        }
        catch (Exception error) when (UnreadableRows.IsCause(error))
        {
            return false;
        }
    }

    [LoggerMessage(
        EventName = "download.unreadable",
        Level = LogLevel.Error,
        Message = "Row {Sequence} of the downloads cannot be read; it was removed")]
    private static partial void LogRemoved(ILogger logger, long sequence);
}
