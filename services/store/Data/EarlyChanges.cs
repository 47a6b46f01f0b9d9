using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Data;

/// <summary>
/// Keeps what happened to messages that are not known yet, and gives it to a message as soon as its <c>mid</c> is known. Whoever gives a
/// message its mid asks here, with the message's conversation locked.
/// </summary>
internal sealed class EarlyChanges(StoreDbContext db, Dictionary<(AccountId, InstagramMessageId), EarlyChange> rows)
{
    /// <summary>Loads what is kept of messages with these ids.</summary>
    public static async Task<EarlyChanges> LoadAsync(StoreDbContext db, IEnumerable<InstagramMessageId> mids)
    {
        var ids = mids.Distinct().ToList();
        if (ids.Count == 0) return new EarlyChanges(db, []);
        var rows = await db.Set<EarlyChange>().ForUpdate().Where(row => ids.Contains(row.InstagramMessageId)).ToListAsync();
        // Of the unit itself, and not written yet.
        var all = rows.Concat(db.Set<EarlyChange>().Local).Distinct();
        return new EarlyChanges(db, all.ToDictionary(row => (row.AccountId, row.InstagramMessageId)));
    }

    /// <summary>Keeps a change. Returns what is kept before and after it.</summary>
    /// <param name="mid">The message.</param>
    /// <param name="change">Adds it to what is kept.</param>
    /// <param name="now">The time (UTC).</param>
    /// <param name="at">
    /// When it happened, of one that says where the message stands at the latest. That counts although a later one takes its place.
    /// </param>
    public (MessageChanges Before, MessageChanges After) Keep(
        AccountId account,
        InstagramMessageId mid,
        Func<MessageChanges, MessageChanges> change,
        DateTimeOffset now,
        DateTimeOffset? at = null)
    {
        if (!rows.TryGetValue((account, mid), out var row))
        {
            row = new EarlyChange { AccountId = account, InstagramMessageId = mid, Changes = MessageChanges.None, KeptAt = now };
            rows.Add((account, mid), row);
            db.Add(row);
        }

        var before = row.Changes;
        var after = change(before);
        row.Changes = at is { } time && !(after.FirstAt <= time) ? after with { FirstAt = time } : after;
        return (before, after);
    }

    /// <summary>Whether a message that is not known was taken back.</summary>
    public bool IsTakenBack(AccountId account, InstagramMessageId mid) =>
        rows.TryGetValue((account, mid), out var row) && row.Changes.DeletedAt is not null;

    /// <summary>Removes what was kept before a time: its message never came.</summary>
    public void Forget(DateTimeOffset before) => db.RemoveRange(rows.Values.Where(row => row.KeptAt < before));

    /// <summary>When the first of these happened: this change of a message, and those that came before it.</summary>
    public DateTimeOffset Earliest(AccountId account, InstagramMessageId mid, DateTimeOffset change) =>
        rows.TryGetValue((account, mid), out var row) && row.Changes.FirstAt < change ? row.Changes.FirstAt.Value : change;

    /// <summary>
    /// Gives a message what is kept of it, once it has its place in the thread. That it was read stays as long as the message itself has
    /// not come: nobody knows yet what else was read with it.
    /// </summary>
    /// <returns>Whether that took the message back. That is to be told then, and what was told of the message to be erased.</returns>
    public bool Give(WorkScope<StoreDbContext> scope, Message message, Conversation conversation)
    {
        if (message.InstagramMessageId is not { } mid || !rows.TryGetValue((message.AccountId, mid), out var row)) return false;
        if (row.Changes.DeletedAt is not null) TakenBackMedia.Remove(scope, message);
        var isDeleted = message.Adopt(row.Changes);
        if (message.AwaitsOriginal && row.Changes.ReadAt is not null)
        {
            row.Changes = MessageChanges.None with { ReadAt = row.Changes.ReadAt };
            return isDeleted;
        }

        rows.Remove((message.AccountId, mid));
        db.Remove(row);
        if (row.Changes.ReadAt is not { } readAt) return isDeleted;
        message.MarkRead(readAt);
        ReadMarks.Set(db, conversation, new ReadReceipt(message.SentAt, readAt));
        return isDeleted;
    }
}
