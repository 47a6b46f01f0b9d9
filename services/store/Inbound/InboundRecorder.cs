using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Inbound.Arrivals;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound;

/// <summary>
/// Records what came from Meta: messages into their threads, everything else as events, and what has no account into quarantine. One
/// pass over a batch with a fixed number of reads, because this is where every message of every customer comes through.
/// </summary>
internal sealed class InboundRecorder(
    IEnumerable<IArrivalHandler> handlers,
    UnsupportedArrivals unsupported,
    QuarantineSignal quarantine,
    AccountTimes times,
    TimeProvider clock)
{
    private readonly IArrivalHandler[] _handlers = [.. handlers];

    public async Task RecordAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<Arrival> arrivals)
    {
        var links = quarantine.Links;
        var routing = await AccountRouting.LoadAsync(scope.Db, arrivals, clock.GetUtcNow());
        foreach (var arrival in arrivals) arrival.SetRoute(routing.Find(arrival.Item));

        var rest = arrivals.Where(arrival => arrival.Account is not null).ToList();
        foreach (var arrival in rest) times.Told(arrival.Account!.Id, arrival.ReceivedAt);
        var erased = await ErasedContacts.LoadAsync(scope.Db, rest);
        rest.RemoveAll(erased.Had);
        foreach (var handler in _handlers)
        {
            var named = rest.FindAll(arrival => arrival.Item.Name == handler.Name);
            if (named.Count == 0) continue;
            var left = await handler.RecordAsync(scope, named);
            rest.RemoveAll(arrival => arrival.Item.Name == handler.Name && !left.Contains(arrival));
        }

        await unsupported.RecordAsync(scope, rest);
        var unclaimed = arrivals.Where(arrival => arrival.Account is null).ToList();
        // Of an account that was erased nothing is kept until it is linked again.
        unclaimed.RemoveAll(
            arrival => arrival.ReservedFor is { } owner && routing.Of(owner) is { ErasedAt: not null, UnlinkedAt: not null });
        await TakeBackAsync(scope, unclaimed, routing);
        await QuarantineAsync(scope, unclaimed, links);
    }

    /// <summary>
    /// Takes back what is kept of accounts that are not linked any more: they may never be linked again, and who takes a message back does
    /// not know of that.
    /// </summary>
    private async Task TakeBackAsync(WorkScope<StoreDbContext> scope, List<Arrival> unclaimed, AccountRouting routing)
    {
        var unsent = unclaimed.Where(arrival => arrival.Item.Name == WebhookItemName.Unsend && arrival.ReservedFor is not null)
            .Select(arrival => routing.Of(arrival.ReservedFor!.Value) is { } account ? arrival.OfUnlinked(account) : null)
            .OfType<Arrival>().ToList();
        if (unsent.Count == 0) return;
        await Array.Find(_handlers, handler => handler.Name == WebhookItemName.Unsend)!.RecordAsync(scope, unsent);
    }

    private async Task QuarantineAsync(WorkScope<StoreDbContext> scope, List<Arrival> unclaimed, long links)
    {
        if (unclaimed.Count == 0) return;
        var rows = unclaimed.ConvertAll(Quarantined).DistinctBy(row => row.Fingerprint).ToList();
        var fingerprints = rows.ConvertAll(row => row.Fingerprint);
        var kept = await scope.Db.Set<QuarantinedWebhook>().Where(row => fingerprints.Contains(row.Fingerprint))
            .Select(row => row.Fingerprint).ToListAsync();
        var added = await QuarantinedUnsends.ApplyAsync(scope.Db, rows.FindAll(row => !kept.Contains(row.Fingerprint)));
        scope.Db.Set<QuarantinedWebhook>().AddRange(added);
        foreach (var row in added) InboundMetrics.Quarantined(row.Reason);
        // On MySQL a link may commit while these rows are not committed yet, and its replay then finds nothing: they would wait for the
        // next look.
        scope.AfterCommit(() =>
        {
            if (quarantine.Links != links) quarantine.WakeHere();
        });
    }

    private static QuarantinedWebhook Quarantined(Arrival arrival) => new()
    {
        ChannelId = Short(arrival.Item.ChannelId),
        BusinessId = arrival.Item.BusinessId is { } id ? Short(id) : null,
        UnsaidBusinessId = arrival.Item.UnsaidBusinessId is { } sender ? Short(sender) : null,
        ReservedFor = arrival.ReservedFor,
        Reason = arrival.Item.Unreadable is null ? "unknown_account" : "unreadable",
        Body = arrival.Item.ToWebhook(),
        Fingerprint = arrival.Fingerprint,
        InstagramMessageId = QuarantinedUnsends.MidOf(arrival.Item),
        IsUnsend = arrival.Item is { Name: WebhookItemName.Unsend, Part: not null },
        ReceivedAt = arrival.ReceivedAt,
        TraceParent = arrival.TraceParent,
    };

    /// <summary>Shortens an id. Ours have at most 20 digits; a longer one matches nothing and is only shown.</summary>
    private static string Short(string id) => id.Length <= 40 ? id : id[..40];
}
