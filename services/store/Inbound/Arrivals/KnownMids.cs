using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>Knows which messages of a batch are recorded already, and of which only a change was.</summary>
internal sealed class KnownMids(
    HashSet<(AccountId, InstagramMessageId)> recorded,
    Dictionary<(AccountId, InstagramMessageId), Message> foretold,
    Dictionary<(AccountId, InstagramMessageId), Message> found)
{
    public static async Task<KnownMids> LoadAsync(StoreDbContext db, List<ReceivedMessage> received)
    {
        var mids = received.Select(message => message.Mid).Where(mid => mid is not null).Distinct().ToList();
        var rows = await db.Messages.Where(message => mids.Contains(message.InstagramMessageId))
            .Select(message => new { message.AccountId, message.InstagramMessageId, message.AwaitsOriginal, message.FoundBy })
            .ToListAsync();
        var awaited = rows.Where(row => row.AwaitsOriginal).Select(row => row.InstagramMessageId).ToList();
        var foretold = awaited.Count == 0
            ? []
            : await db.Messages.Include(message => message.Attachments)
                .Where(message => message.AwaitsOriginal && awaited.Contains(message.InstagramMessageId)).ToListAsync();
        // What was found at Meta before its webhook came is told by the webhook, once.
        var byWebhook = received.Where(message => message.Arrival.FoundBy is null).Select(message => message.Mid).ToHashSet();
        var found = rows.Where(row => row is { FoundBy: not null, AwaitsOriginal: false } && byWebhook.Contains(row.InstagramMessageId))
            .Select(row => row.InstagramMessageId).ToList();
        var arriving = found.Count == 0
            ? []
            : await db.Messages.Include(message => message.Attachments)
                .Where(message => message.FoundBy != null && found.Contains(message.InstagramMessageId)).ToListAsync();
        return new KnownMids(
            [.. rows.Where(row => !row.AwaitsOriginal).Select(row => (row.AccountId, row.InstagramMessageId!.Value))],
            foretold.ToDictionary(message => (message.AccountId, message.InstagramMessageId!.Value)),
            arriving.ToDictionary(message => (message.AccountId, message.InstagramMessageId!.Value)));
    }

    /// <summary>Whether the message itself has not been here yet; true once for each.</summary>
    public bool IsNew(AccountId account, InstagramMessageId mid) => recorded.Add((account, mid));

    /// <summary>
    /// The row of a message that was found before its webhook, which this is; null for all others, and once it was given.
    /// </summary>
    public Message? TakeFound(ReceivedMessage message) =>
        message is { Mid: { } mid, Arrival.FoundBy: null } && found.Remove((message.Account.Id, mid), out var row) ? row : null;

    /// <summary>The row that a change made of the message; null when none came before it.</summary>
    public Message? Foretold(ReceivedMessage message) =>
        message.Mid is { } mid ? foretold.GetValueOrDefault((message.Account.Id, mid)) : null;
}
