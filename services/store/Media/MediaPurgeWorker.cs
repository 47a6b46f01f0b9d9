using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Media;

/// <summary>Wakes what removes files.</summary>
internal sealed class MediaPurgeSignal : WakeSignal;

/// <summary>
/// Removes files that nobody may see any more, unless another row names them too: then the last one's purge removes them. Two processes
/// that remove the same do no harm, so it needs neither claim nor fence; the lease spares the second one the work.
/// </summary>
internal sealed partial class MediaPurgeWorker(
    IDbContextFactory<StoreDbContext> factory,
    IUnitOfWork<StoreDbContext> unitOfWork,
    Leases<StoreDbContext> leases,
    IMediaStore store,
    MediaPurgeSignal signal,
    TimeProvider clock,
    ILogger<MediaPurgeWorker> logger) : RowWorker<long>(clock, logger)
{
    private readonly ILogger _logger = logger;

    public override string Name => "store.media-purge";

    public override TimeSpan Interval => TimeSpan.FromSeconds(5);

    public override WakeSignal Signal => signal;

    public override ILease Lease { get; } = leases.Of("store.media-purge");

    protected override async Task<IReadOnlyList<long>> FindAsync(
        IReadOnlyCollection<long> except, int limit, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        return await db.Set<MediaPurge>().Where(row => !except.Contains(row.Sequence)).OrderBy(row => row.Sequence)
            .Select(row => row.Sequence).Take(limit).ToListAsync(cancellationToken);
    }

    protected override async Task HandleAsync(IReadOnlyList<long> rows, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var files = await db.Set<MediaPurge>().Where(row => rows.Contains(row.Sequence)).Select(row => row.File)
            .ToListAsync(cancellationToken);
        var named = await NamedFiles.AmongAsync(db, files, cancellationToken);
        foreach (var file in files.Where(file => !named.Contains(file))) await store.DeleteAsync(file, cancellationToken);
        await RemoveAsync(rows, cancellationToken);
    }

    /// <summary>Only a name that is none fails alone; a storage that is away fails every row, and the round with it.</summary>
    protected override async Task SetAsideAsync(long row, Exception error, CancellationToken cancellationToken)
    {
        if (error.GetBaseException() is not FormatException) throw error;
        LogNoName(_logger, row);
        await RemoveAsync([row], cancellationToken);
    }

    private Task<int> RemoveAsync(IReadOnlyList<long> rows, CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        scope => scope.Db.Set<MediaPurge>().Where(row => rows.Contains(row.Sequence)).ExecuteDeleteAsync(), cancellationToken);

    [LoggerMessage(
        EventName = "media.purge_unreadable",
        Level = LogLevel.Error,
        Message = "Row {Sequence} of media_purges names no file; it was removed")]
    private static partial void LogNoName(ILogger logger, long sequence);
}
