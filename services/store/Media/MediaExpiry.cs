using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Media;

/// <summary>
/// Ends what has had its time: a file that was kept long enough is removed, a download of which nothing was heard is given up. Two
/// processes do no harm, because each looks again at the row that it has locked.
/// </summary>
internal sealed partial class MediaExpiry(
    IDbContextFactory<StoreDbContext> factory,
    IUnitOfWork<StoreDbContext> unitOfWork,
    Leases<StoreDbContext> leases,
    EventLog log,
    MediaPurgeSignal purges,
    TimeProvider clock,
    ILogger<MediaExpiry> logger) : RowWorker<(MessageId Message, int Index)>(clock, logger)
{
    /// <summary>When a file is looked at again that a send still needs.</summary>
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromHours(1);

    private readonly TimeProvider _clock = clock;
    private readonly ILogger _logger = logger;

    public override string Name => "store.media-expiry";

    public override TimeSpan Interval => TimeSpan.FromMinutes(1);

    public override ILease Lease { get; } = leases.Of("store.media-expiry");

    protected override async Task<IReadOnlyList<(MessageId Message, int Index)>> FindAsync(
        IReadOnlyCollection<(MessageId Message, int Index)> except, int limit, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var now = _clock.GetUtcNow();
        var rows = await db.ReadableAsync(
            first => db.Set<Attachment>().Where(row => row.DueAt <= now)
                .OrderBy(row => row.DueAt).ThenBy(row => row.MessageId).ThenBy(row => row.Index)
                .Select(row => new Due(row.MessageId, row.Index)).Take(first),
            limit + except.Count,
            cancellationToken);
        return [.. rows.Select(row => (row.Message, row.Index)).Where(row => !except.Contains(row)).Take(limit)];
    }

    protected override Task HandleAsync(IReadOnlyList<(MessageId Message, int Index)> rows, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(scope => EndAsync(scope, rows), cancellationToken);

    protected override Task SetAsideAsync((MessageId Message, int Index) row, Exception error, CancellationToken cancellationToken)
    {
        LogSetAside(_logger, error, row.Message);
        return unitOfWork.ExecuteAsync(
            scope => scope.Db.Set<Attachment>().Where(kept => kept.MessageId == row.Message && kept.Index == row.Index)
                .ExecuteUpdateAsync(set => set.SetProperty(kept => kept.DueAt, (DateTimeOffset?)null)),
            cancellationToken);
    }

    private async Task EndAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<(MessageId Message, int Index)> rows)
    {
        var now = _clock.GetUtcNow();
        var ids = rows.Select(row => AttachmentId.Of(row.Message, row.Index)).ToList();
        var messages = await MediaMessages.LoadAsync(scope.Db, ids);
        foreach (var id in ids)
        {
            var (owner, attachment) = messages.Find(id);
            if (owner is null || attachment is null || !(attachment.DueAt <= now)) continue;
            if (owner.Message.IsUnderWay)
            {
                // Meta has not fetched it yet, as far as is known.
                attachment.KeepUntil(now + LookAgainAfter);
                continue;
            }

            var file = attachment.State == AttachmentState.Kept ? attachment.Purge() : attachment.GiveUp(isGone: false);
            if (file is { } removed) scope.Db.Add(MediaPurge.Of(removed));
            log.Append(scope, EventTypes.MessageMedia, owner.Account, owner.Conversation, owner.Message);
        }

        scope.AfterCommit(purges.Wake);
    }

    private sealed record Due(MessageId Message, int Index);

    [LoggerMessage(
        EventName = "media.not_expired",
        Level = LogLevel.Error,
        Message = "The time of an attachment of {MessageId} is over, and it can never be ended; its file stays until the message goes")]
    private static partial void LogSetAside(ILogger logger, Exception error, MessageId messageId);
}
