using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Media;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Uploads;

/// <summary>
/// Removes uploads whose time is over, and those of accounts that were unlinked. A file that a message holds stays for the message. Two
/// processes do no harm, because each looks again at the rows that it has locked.
/// </summary>
internal sealed partial class UploadSweep(
    IDbContextFactory<StoreDbContext> factory,
    IUnitOfWork<StoreDbContext> unitOfWork,
    Leases<StoreDbContext> leases,
    MediaPurgeSignal purges,
    TimeProvider clock,
    ILogger<UploadSweep> logger) : RowWorker<long>(clock, logger)
{
    private readonly TimeProvider _clock = clock;
    private readonly ILogger _logger = logger;

    public override string Name => "store.upload-sweep";

    public override TimeSpan Interval => TimeSpan.FromMinutes(1);

    public override ILease Lease { get; } = leases.Of("store.upload-sweep");

    protected override async Task<IReadOnlyList<long>> FindAsync(
        IReadOnlyCollection<long> except, int limit, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        return await Due(db).Where(row => !except.Contains(row.Sequence)).OrderBy(row => row.ExpiresAt).Select(row => row.Sequence)
            .Take(limit).ToListAsync(cancellationToken);
    }

    protected override Task HandleAsync(IReadOnlyList<long> rows, CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        async scope =>
        {
            // Locked first: a send may be taking one of them just now, and then its message holds the file.
            var uploads = await scope.Db.Set<Upload>().ForUpdate().Where(row => rows.Contains(row.Sequence)).ToListAsync();
            scope.Db.RemoveRange(uploads);
            scope.Db.AddRange(uploads.Select(upload => MediaPurge.Of(upload.File)));
            scope.AfterCommit(purges.Wake);
        },
        cancellationToken);

    /// <summary>A row that cannot be read goes; its file is then found by the sweep of orphans.</summary>
    protected override Task SetAsideAsync(long row, Exception error, CancellationToken cancellationToken)
    {
        LogUnreadable(_logger, error, row);
        return unitOfWork.ExecuteAsync(
            scope => scope.Db.Set<Upload>().Where(kept => kept.Sequence == row).ExecuteDeleteAsync(), cancellationToken);
    }

    private IQueryable<Upload> Due(StoreDbContext db)
    {
        var now = _clock.GetUtcNow();
        return db.Set<Upload>().Where(
            row => row.ExpiresAt <= now || db.Accounts.Any(account => account.Id == row.AccountId && account.UnlinkedAt != null));
    }

    [LoggerMessage(
        EventName = "upload.unreadable", Level = LogLevel.Error, Message = "Row {Row} of uploads cannot be read; it was removed")]
    private static partial void LogUnreadable(ILogger logger, Exception error, long row);
}
