using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Downloads;

/// <summary>
/// Claims downloads and records how they ended. A claim is a time in the row until which nobody else begins; what comes of it counts only
/// while the row still knows of that claim and of no later one.
/// </summary>
internal sealed partial class DownloadClaims(
    IDbContextFactory<SenderDbContext> factory,
    IUnitOfWork<SenderDbContext> unitOfWork,
    TimeProvider clock,
    ILogger<DownloadClaims> logger)
{
    private static readonly TimeSpan Lifetime = MediaDownload.Longest + TimeSpan.FromSeconds(30);

    /// <summary>How long a storage that fails is left alone.</summary>
    private static readonly TimeSpan StorageRests = TimeSpan.FromSeconds(30);

    private readonly AccountTurns _turns = new();

    /// <summary>Frees the claims of a dead process; only where no other one can be alive.</summary>
    public Task FreeAllAsync(CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        scope => scope.Db.Downloads.Where(row => row.Claimed).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.Claimed, false).SetProperty(row => row.DueAt, clock.GetUtcNow())),
        cancellationToken);

    /// <summary>Claims rows that are due: accounts take turns, and of each those come first that wait longest.</summary>
    /// <param name="most">How many.</param>
    /// <param name="room">How many more an account may have; one that is not in it may have <paramref name="mostPerAccount"/>.</param>
    /// <param name="mostPerAccount">How many an account may have at once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<Download>> ClaimAsync(
        int most, IReadOnlyDictionary<AccountId, int> room, int mostPerAccount, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var full = room.Where(pair => pair.Value <= 0).Select(pair => pair.Key).ToHashSet();
        IReadOnlyList<AccountId> accounts;
        await using (var db = await factory.CreateDbContextAsync(cancellationToken))
            accounts = await _turns.NextAsync<Download>(db, now, most, full, cancellationToken);
        // Nearly always there is nothing, and then nobody needs the writer.
        if (accounts.Count == 0) return [];

        return await unitOfWork.ExecuteAsync(
            async scope =>
            {
                var taken = new List<Download>();
                foreach (var account in accounts.TakeWhile(_ => taken.Count < most))
                {
                    var place = Math.Min(most - taken.Count, room.TryGetValue(account, out var left) ? left : mostPerAccount);
                    taken.AddRange(await scope.Db.Downloads.Where(row => row.AccountId == account && row.DueAt <= now)
                        .OrderBy(row => row.DueAt).ThenBy(row => row.Sequence).Take(place).ToListAsync(CancellationToken.None));
                }

                foreach (var row in taken) row.Claim(now + Lifetime);
                return taken;
            },
            cancellationToken);
    }

    /// <summary>Records how a claim ended.</summary>
    public async Task RecordAsync(Download claimed, DownloadEnd end)
    {
        var (now, reason) = (clock.GetUtcNow(), ReasonOf(end));
        var wait = end is DownloadEnd.Later later ? DownloadSchedule.After(claimed.Attempts, later.RetryAfter, Random.Shared.NextDouble())
            : end is DownloadEnd.NotStored ? StorageRests : null;
        var outcome = end switch
        {
            DownloadEnd.Kept => MediaOutcome.Kept,
            DownloadEnd.Expired => MediaOutcome.Expired,
            _ => MediaOutcome.Failed,
        };
        var counts = await unitOfWork.ExecuteAsync(async scope =>
        {
            var row = await FindAsync(scope, claimed);
            if (row is null)
            {
                if (end is DownloadEnd.Kept late) await ReportLateAsync(scope, claimed, late, now);
                return false;
            }

            if (wait is { } later) row.PutOff(now + later, counts: end is DownloadEnd.Later);
            else
            {
                scope.Db.Remove(row);
                if (row.IsTakenBack) await FetchLetters.RemoveAsync(scope.Db, [row.File]);
                var content = (end as DownloadEnd.Kept)?.Content;
                scope.Publish(new MediaReported(row.AttachmentId, row.File, outcome, content, reason, now), row.TraceParent);
            }

            return true;
        });
        if (!counts) LogLate(logger, claimed.File, claimed.Owner, claimed.AccountId, claimed.Attempts);
        else if (end is DownloadEnd.Kept { Content: var kept })
            LogKept(logger, claimed.File, claimed.Owner, claimed.AccountId, claimed.Attempts, kept.MimeType, kept.SizeBytes);
        else if (end is DownloadEnd.NotStored { Error: var error })
            LogNotStored(logger, error, claimed.File, claimed.Owner, claimed.AccountId);
        else if (wait is { } again)
            LogLater(logger, claimed.File, claimed.Owner, claimed.AccountId, claimed.Attempts, reason, again.TotalSeconds);
        else LogGivenUp(logger, claimed.File, claimed.Owner, claimed.AccountId, claimed.Attempts, outcome, reason);
    }

    /// <summary>Gives a claim back whose attempt was not made to its end, because the process stops.</summary>
    public Task ReleaseAsync(Download claimed) => unitOfWork.ExecuteAsync(
        async scope => (await FindAsync(scope, claimed))?.PutOff(clock.GetUtcNow(), counts: false));

    /// <summary>
    /// Tells of a file that was written although nobody waits for it here any more: it may have been taken back meanwhile, and the store
    /// removes it then.
    /// </summary>
    private static async Task ReportLateAsync(
        WorkScope<SenderDbContext> scope, Download claimed, DownloadEnd.Kept end, DateTimeOffset now)
    {
        // With a later claim on it, the file is that one's to report.
        if (await scope.Db.Downloads.AnyAsync(row => row.File == claimed.File)) return;
        scope.Publish(
            new MediaReported(claimed.AttachmentId, claimed.File, MediaOutcome.Kept, end.Content, null, now), claimed.TraceParent);
    }

    private static Task<Download?> FindAsync(WorkScope<SenderDbContext> scope, Download claimed) => scope.Db.Downloads.SingleOrDefaultAsync(
        row => row.Sequence == claimed.Sequence && row.Attempts == claimed.Attempts && row.DueAt == claimed.DueAt);

    private static string? ReasonOf(DownloadEnd end) => end switch
    {
        DownloadEnd.Expired expired => expired.Reason,
        DownloadEnd.Never never => never.Reason,
        DownloadEnd.Later later => later.Reason,
        _ => null,
    };

    [LoggerMessage(
        EventName = "media.kept",
        Level = LogLevel.Debug,
        Message = "{File} ({Owner}) of {AccountId} is kept, attempt {Attempt}: {MimeType}, {Bytes} bytes")]
    private static partial void LogKept(
        ILogger logger, MediaFile file, string owner, AccountId accountId, int attempt, string mimeType, long bytes);

    [LoggerMessage(
        EventName = "media.delayed",
        Level = LogLevel.Warning,
        Message = "{File} ({Owner}) of {AccountId} could not be fetched, attempt {Attempt}: {Reason}; again in {Seconds:0} s")]
    private static partial void LogLater(
        ILogger logger, MediaFile file, string owner, AccountId accountId, int attempt, string? reason, double seconds);

    [LoggerMessage(
        EventName = "media.given_up",
        Level = LogLevel.Warning,
        Message = "{File} ({Owner}) of {AccountId} is not fetched any more, attempt {Attempt}: {Outcome}, {Reason}")]
    private static partial void LogGivenUp(
        ILogger logger, MediaFile file, string owner, AccountId accountId, int attempt, MediaOutcome outcome, string? reason);

    [LoggerMessage(
        EventName = "media.not_stored",
        Level = LogLevel.Error,
        Message = "{File} ({Owner}) of {AccountId} was fetched and the storage did not take it; it is tried again")]
    private static partial void LogNotStored(
        ILogger logger, Exception error, MediaFile file, string owner, AccountId accountId);

    [LoggerMessage(
        EventName = "media.late",
        Level = LogLevel.Warning,
        Message = "Attempt {Attempt} for {File} ({Owner}) of {AccountId} outlived its claim, and counts for nothing")]
    private static partial void LogLate(ILogger logger, MediaFile file, string owner, AccountId accountId, int attempt);
}
