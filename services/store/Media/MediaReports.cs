using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;

namespace InstaMessenger.Store.Media;

/// <summary>
/// Takes what the sender says of downloads. A report that comes again, or late, finds another state and changes nothing; a file that no
/// attachment waits for any more is removed.
/// </summary>
internal sealed class MediaReports(ContactPictures pictures, EventLog log, MediaPurgeSignal purges, TimeProvider clock)
    : IMessageHandler<StoreDbContext, MediaReported>
{
    /// <summary>How long a file is kept that was fetched for somebody to look at.</summary>
    private static readonly TimeSpan ProxyKeeps = TimeSpan.FromHours(1);

    public async Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<MediaReported>> items)
    {
        await pictures.ReportAsync(scope, [.. items.Where(item => item.Body.AttachmentId is null)]);
        var messages = await MediaMessages.LoadAsync(scope.Db, [.. items.Select(item => item.Body.AttachmentId).OfType<AttachmentId>()]);
        foreach (var item in items)
        {
            var report = item.Body;
            if (report.AttachmentId is not { } id) continue;
            var (owner, attachment) = messages.Find(id);
            if (owner is null || attachment?.File != report.File) Purge(scope, report.File);
            else if (attachment.State == AttachmentState.Fetching) Take(scope, report, owner, attachment, item.TraceParent);
        }
    }

    private void Take(
        WorkScope<StoreDbContext> scope, MediaReported report, MediaMessages.Owner owner, Attachment attachment, string? traceParent)
    {
        if (report is { Outcome: MediaOutcome.Kept, Content: { } content })
        {
            var days = TimeSpan.FromDays(owner.Account.MediaKeepDays);
            attachment.Keep(content, clock.GetUtcNow() + (attachment.Mode == MediaMode.Keep ? days : ProxyKeeps));
        }
        else if (attachment.GiveUp(report.Outcome == MediaOutcome.Expired) is { } file)
        {
            Purge(scope, file);
        }

        log.Append(scope, EventTypes.MessageMedia, owner.Account, owner.Conversation, owner.Message, traceParent);
    }

    private void Purge(WorkScope<StoreDbContext> scope, MediaFile file)
    {
        scope.Db.Add(MediaPurge.Of(file));
        scope.AfterCommit(purges.Wake);
    }
}
