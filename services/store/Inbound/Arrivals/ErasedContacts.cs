using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>Knows who was erased, and which accounts were, so that nothing that happened before comes back.</summary>
internal sealed class ErasedContacts(Dictionary<(AccountId, string), DateTimeOffset> erased)
{
    /// <summary>Loads what is known of the contacts of arrivals, each with its account.</summary>
    public static async Task<ErasedContacts> LoadAsync(StoreDbContext db, IEnumerable<Arrival> arrivals)
    {
        var hashes = arrivals.Select(HashOf).OfType<string>().Distinct().ToList();
        if (hashes.Count == 0) return new ErasedContacts([]);
        var rows = await db.Set<ErasedContact>().AsNoTracking().Where(row => hashes.Contains(row.ContactHash)).ToListAsync();
        return new ErasedContacts(rows.ToDictionary(row => (row.AccountId, row.ContactHash), row => row.ErasedAt));
    }

    /// <summary>Whether an arrival is of the time that was erased.</summary>
    public bool Had(Arrival arrival) =>
        arrival.SentAt <= arrival.Account!.ErasedAt || (Find(arrival) is { } at && arrival.SentAt <= at);

    /// <summary>Whether its contact was erased at some time: a message that is not known may be one of before.</summary>
    public bool Knows(Arrival arrival) => arrival.Account!.ErasedAt is not null || Find(arrival) is not null;

    private DateTimeOffset? Find(Arrival arrival) =>
        erased.Count > 0 && HashOf(arrival) is { } hash && erased.TryGetValue((arrival.Account!.Id, hash), out var at) ? at : null;

    private static string? HashOf(Arrival arrival) => ContactOf(arrival) is { } contact
        ? ErasedContactHash.Of(arrival.Account!.Id, contact)
        : null;

    /// <summary>The customer, or who wrote the comment.</summary>
    private static InstagramUserId? ContactOf(Arrival arrival) => arrival.Contact
        ?? (InstagramUserId.TryParse(arrival.Item.Event.Member("from").Member("id").Id(), out var author) ? author : null);
}
