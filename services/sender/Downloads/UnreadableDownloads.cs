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
    private const int PageSize = 500;

    /// <summary>
    /// Looks at each of the rows that are due, and removes those that cannot be read; once it has met some, the rest is left for when they
    /// are in the way again.
    /// </summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        var (now, last) = (clock.GetUtcNow(), 0L);
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var rotten = new List<long>();
        while (rotten.Count == 0)
        {
            var after = last;
            var page = await db.Downloads.Where(row => row.DueAt <= now && row.Sequence > after).OrderBy(row => row.Sequence)
                .Select(row => row.Sequence).Take(PageSize).ToListAsync(cancellationToken);
            if (page.Count == 0) return;
            last = page[^1];
            foreach (var sequence in page)
                if (!await IsReadableAsync(db, sequence, cancellationToken)) rotten.Add(sequence);
        }

        await unitOfWork.ExecuteAsync(
            scope => scope.Db.Downloads.Where(row => rotten.Contains(row.Sequence)).ExecuteDeleteAsync(), cancellationToken);
        foreach (var sequence in rotten) LogRemoved(logger, sequence);
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
