using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>Knows who was erased, so that nothing of what they wrote before comes back.</summary>
internal sealed class ErasedContacts(Dictionary<(AccountId, string), DateTimeOffset> erased)
{
    public static async Task<ErasedContacts> LoadAsync(StoreDbContext db, List<ReceivedMessage> received)
    {
        var hashes = received.Select(HashOf).Distinct().ToList();
        var rows = await db.Set<ErasedContact>().AsNoTracking().Where(row => hashes.Contains(row.ContactHash)).ToListAsync();
        return new ErasedContacts(rows.ToDictionary(row => (row.AccountId, row.ContactHash), row => row.ErasedAt));
    }

    /// <summary>Whether a message is of the time that was erased.</summary>
    public bool Had(ReceivedMessage message) =>
        erased.Count > 0 && erased.TryGetValue((message.Account.Id, HashOf(message)), out var at) && message.Arrival.SentAt <= at;

    private static string HashOf(ReceivedMessage message) => ErasedContact.HashOf(message.Account.Id, message.Contact);
}
