using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>Recognises events that have no <c>mid</c>: each is recorded once however often it comes.</summary>
internal sealed class SeenEvents(StoreDbContext db, HashSet<(AccountId, string)> seen, TimeProvider clock)
{
    public static Task<SeenEvents> LoadAsync(StoreDbContext db, IEnumerable<Arrival> arrivals, TimeProvider clock) =>
        LoadAsync(db, arrivals.Select(arrival => (arrival, arrival.Fingerprint)), clock);

    /// <summary>Loads events that have a key of their own, of at most 64 characters.</summary>
    public static async Task<SeenEvents> LoadAsync(
        StoreDbContext db, IEnumerable<(Arrival Arrival, string Key)> arrivals, TimeProvider clock)
    {
        var fingerprints = arrivals.Select(arrival => arrival.Key).ToList();
        if (fingerprints.Count == 0) return new SeenEvents(db, [], clock);
        var rows = await db.Set<SeenEvent>().Where(row => fingerprints.Contains(row.Fingerprint))
            .Select(row => new { row.AccountId, row.Fingerprint }).ToListAsync();
        return new SeenEvents(db, [.. rows.Select(row => (row.AccountId, row.Fingerprint))], clock);
    }

    /// <summary>Says whether an event is new, and remembers it. Its account is known.</summary>
    public bool IsNew(Arrival arrival) => IsNew(arrival, arrival.Fingerprint);

    /// <inheritdoc cref="IsNew(Arrival)"/>
    public bool IsNew(Arrival arrival, string key)
    {
        var account = arrival.Account!.Id;
        if (!seen.Add((account, key))) return false;
        db.Set<SeenEvent>().Add(new SeenEvent { AccountId = account, Fingerprint = key, SeenAt = clock.GetUtcNow() });
        return true;
    }
}
