using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Media;

/// <summary>
/// Ends the pictures of contacts who did not write for as long as the account keeps media, and downloads of pictures of which nothing was
/// heard. Two processes do no harm, because each looks again at the row behind the thread that it has locked.
/// </summary>
internal sealed partial class PictureExpiry(
    IDbContextFactory<StoreDbContext> factory,
    IUnitOfWork<StoreDbContext> unitOfWork,
    Leases<StoreDbContext> leases,
    ContactPictures pictures,
    TimeProvider clock,
    ILogger<PictureExpiry> logger) : RowWorker<MediaFile>(clock, logger)
{
    private readonly TimeProvider _clock = clock;
    private readonly ILogger _logger = logger;

    public override string Name => "store.picture-expiry";

    public override TimeSpan Interval => TimeSpan.FromMinutes(10);

    public override ILease Lease { get; } = leases.Of("store.picture-expiry");

    protected override async Task<IReadOnlyList<MediaFile>> FindAsync(
        IReadOnlyCollection<MediaFile> except, int limit, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var now = _clock.GetUtcNow();
        return await db.ReadableAsync(
            first => db.Set<ContactPicture>().Where(row => row.DueAt <= now && !except.Contains(row.File))
                .OrderBy(row => row.DueAt).ThenBy(row => row.File).Select(row => row.File).Take(first),
            limit,
            cancellationToken);
    }

    protected override Task HandleAsync(IReadOnlyList<MediaFile> rows, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(scope => pictures.EndAsync(scope, rows), cancellationToken);

    protected override Task SetAsideAsync(MediaFile row, Exception error, CancellationToken cancellationToken)
    {
        LogSetAside(_logger, error, row);
        return unitOfWork.ExecuteAsync(
            scope => scope.Db.Set<ContactPicture>().Where(kept => kept.File == row)
                .ExecuteUpdateAsync(set => set.SetProperty(kept => kept.DueAt, (DateTimeOffset?)null)),
            cancellationToken);
    }

    [LoggerMessage(
        EventName = "picture.not_expired",
        Level = LogLevel.Error,
        Message = "The time of {File}, the picture of a contact, is over, and it can never be ended; it stays until there is another one")]
    private static partial void LogSetAside(ILogger logger, Exception error, MediaFile file);
}
