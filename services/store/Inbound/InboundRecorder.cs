using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound;

/// <summary>
/// Records what came from Meta: messages into their threads, everything else as events, and what has no account into quarantine. One
/// pass over a batch with a fixed number of reads, because this is where every message of every customer comes through.
/// </summary>
internal sealed class InboundRecorder(MessageRecorder messages, EventLog log, QuarantineSignal quarantine, TimeProvider clock)
{
    public async Task RecordAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<Arrival> arrivals)
    {
        var links = quarantine.Links;
        var routing = await AccountRouting.LoadAsync(scope.Db, arrivals, clock.GetUtcNow());
        var routed = arrivals.Select(arrival => (Arrival: arrival, Account: routing.Find(arrival.Item))).ToList();

        await messages.RecordAsync(scope, [.. routed.Where(pair => pair is { Account: not null, Arrival.Item: InboundMessage }).Select(pair => new RoutedMessage(pair.Account!, (InboundMessage)pair.Arrival.Item, pair.Arrival))]);
        await RecordOthersAsync(scope, [.. routed.Where(pair => pair is { Account: not null, Arrival.Item: InboundOther }).Select(pair => (pair.Account!, (InboundOther)pair.Arrival.Item, pair.Arrival))]);
        await QuarantineAsync(scope, [.. routed.Where(pair => pair.Account is null).Select(pair => pair.Arrival)], links);
    }

    private async Task RecordOthersAsync(WorkScope<StoreDbContext> scope, List<(Account Account, InboundOther Item, Arrival Arrival)> others)
    {
        if (others.Count == 0) return;
        var fingerprints = others.ConvertAll(other => other.Item.Place.Fingerprint());
        var seen = (await scope.Db.SeenEvents.Where(row => fingerprints.Contains(row.Fingerprint)).Select(row => new { row.AccountId, row.Fingerprint }).ToListAsync())
            .Select(row => (row.AccountId, row.Fingerprint)).ToHashSet();
        for (var i = 0; i < others.Count; i++)
        {
            var (account, item, arrival) = others[i];
            if (!seen.Add((account.Id, fingerprints[i]))) continue;
            scope.Db.SeenEvents.Add(new SeenEvent { AccountId = account.Id, Fingerprint = fingerprints[i], SeenAt = clock.GetUtcNow() });
            log.Append(scope, account, null, EventTypes.Unsupported, new UnsupportedEventData(item.What, item.Contact, arrival.SentAt, item.Place.Element), arrival.TraceParent);
            InboundMetrics.Recorded(EventTypes.Unsupported);
        }
    }

    private async Task QuarantineAsync(WorkScope<StoreDbContext> scope, List<Arrival> unclaimed, long links)
    {
        if (unclaimed.Count == 0) return;
        var rows = unclaimed.ConvertAll(Quarantined).DistinctBy(row => row.Fingerprint).ToList();
        var fingerprints = rows.ConvertAll(row => row.Fingerprint);
        var kept = await scope.Db.Quarantine.Where(row => fingerprints.Contains(row.Fingerprint)).Select(row => row.Fingerprint).ToListAsync();
        var added = rows.Where(row => !kept.Contains(row.Fingerprint)).ToList();
        scope.Db.Quarantine.AddRange(added);
        foreach (var row in added) InboundMetrics.Quarantined(row.Reason);
        // On MySQL a link may commit, and its replay find nothing, while these rows are not committed yet: they would wait for the next look.
        scope.AfterCommit(() =>
        {
            if (quarantine.Links != links) quarantine.Wake();
        });
    }

    private static QuarantinedWebhook Quarantined(Arrival arrival)
    {
        var unreadable = arrival.Item as InboundUnreadable;
        return new QuarantinedWebhook
        {
            ChannelId = Short(arrival.Item.ChannelId),
            BusinessId = arrival.Item.BusinessId is { } id ? Short(id) : null,
            Reason = unreadable is null ? "unknown_account" : "unreadable",
            Body = unreadable?.Body ?? arrival.Item.Place.ToWebhook(),
            Fingerprint = unreadable is null ? arrival.Item.Place.Fingerprint() : Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(unreadable.Body)),
            ReceivedAt = arrival.ReceivedAt,
            TraceParent = arrival.TraceParent,
        };
    }

    /// <summary>An id of ours has at most 20 digits; a longer one matches nothing and is only shown.</summary>
    private static string Short(string id) => id.Length <= 40 ? id : id[..40];
}
