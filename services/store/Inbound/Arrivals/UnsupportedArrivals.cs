using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>Tells clients of what has no handler, with its raw JSON and once for each event.</summary>
internal sealed class UnsupportedArrivals(EventLog log, TimeProvider clock)
{
    public async Task RecordAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<Arrival> arrivals)
    {
        if (arrivals.Count == 0) return;
        var fingerprints = arrivals.Select(arrival => arrival.Item.Fingerprint()).ToList();
        var seen = (await scope.Db.SeenEvents.Where(row => fingerprints.Contains(row.Fingerprint)).Select(row => new { row.AccountId, row.Fingerprint }).ToListAsync())
            .Select(row => (row.AccountId, row.Fingerprint)).ToHashSet();
        foreach (var (arrival, fingerprint) in arrivals.Zip(fingerprints))
        {
            var account = arrival.Account!;
            if (!seen.Add((account.Id, fingerprint))) continue;
            scope.Db.SeenEvents.Add(new SeenEvent { AccountId = account.Id, Fingerprint = fingerprint, SeenAt = clock.GetUtcNow() });
            InstagramUserId? contact = InstagramUserId.TryParse(arrival.Item.CustomerId, out var known) ? known : null;
            log.Append(scope, account, null, EventTypes.Unsupported, new UnsupportedEventData(arrival.Item.Name, contact, arrival.SentAt, arrival.Item.Element), arrival.TraceParent);
            InboundMetrics.Recorded(EventTypes.Unsupported);
        }
    }
}
