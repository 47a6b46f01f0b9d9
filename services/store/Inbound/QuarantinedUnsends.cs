using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Inbound.Arrivals;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound;

/// <summary>
/// Keeps out of quarantine what was taken back: nobody may be linked for weeks, and nothing of it may be kept that long. The unsend itself
/// stays, and makes a deleted message once the account is linked.
/// </summary>
internal static class QuarantinedUnsends
{
    /// <summary>The message that an item is, edits or takes back; null for all else.</summary>
    public static InstagramMessageId? MidOf(WebhookItem item) =>
        item.Name is "message" or "message_edit" or WebhookItemName.Unsend ? ReceivedContent.Mid(item.Part ?? item.Event) : null;

    /// <summary>Removes the rows that new unsends take back. Returns the new rows without those that were taken back.</summary>
    public static async Task<List<QuarantinedWebhook>> ApplyAsync(StoreDbContext db, List<QuarantinedWebhook> added)
    {
        var mids = added.Select(row => row.InstagramMessageId).Where(mid => mid is not null).Distinct().ToList();
        if (mids.Count == 0) return added;
        var kept = await db.Set<QuarantinedWebhook>().Where(row => mids.Contains(row.InstagramMessageId)).ToListAsync();
        // One that names no message takes back none: all that has no mid would go.
        var unsent = kept.Concat(added).Where(row => row.IsUnsend && row.InstagramMessageId is not null).Select(Message).ToHashSet();
        db.RemoveRange(kept.Where(IsTakenBack));
        return added.FindAll(row => !IsTakenBack(row));

        bool IsTakenBack(QuarantinedWebhook row) => !row.IsUnsend && unsent.Contains(Message(row));
    }

    private static (string Channel, InstagramMessageId? Mid) Message(QuarantinedWebhook row) => (row.ChannelId, row.InstagramMessageId);
}
