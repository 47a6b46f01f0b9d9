using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Inbound;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Accounts;

/// <summary>
/// Tells, for the accounts' health, when Meta last said something of each and when it last took a message, and what lies in quarantine.
/// Each process tells what it saw; the latest time counts.
/// </summary>
internal sealed class AccountActivity(
    IDbContextFactory<StoreDbContext> factory, IUnitOfWork<StoreDbContext> unitOfWork, AccountTimes times) : Worker
{
    private readonly Dictionary<AccountId, int> _quarantined = [];

    public override string Name => "store.account-activity";

    public override TimeSpan Interval => TimeSpan.FromSeconds(30);

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var counts = await QuarantinedAsync(db, cancellationToken);
        var (told, sent) = times.Take();
        List<AccountActive> news = [.. told.Keys.Union(sent.Keys).Union(counts.Keys).Select(id => new AccountActive(
            id, Time(told, id), Time(sent, id), counts.TryGetValue(id, out var count) ? count : null))];
        if (news.Count > 0) await unitOfWork.ExecuteAsync(
            scope =>
            {
                foreach (var active in news) scope.Publish(active);
                return Task.CompletedTask;
            },
            cancellationToken);
        foreach (var (id, count) in counts) _quarantined[id] = count;
        return NextRound.WhenWoken;
    }

    /// <summary>Counts what names a linked account and was not recorded for it; only what differs from the last count.</summary>
    private async Task<Dictionary<AccountId, int>> QuarantinedAsync(StoreDbContext db, CancellationToken cancellationToken)
    {
        var rows = await db.ReadableAsync(
            db.Set<QuarantinedWebhook>()
                .Join(db.AccountIdentifiers, row => row.ChannelId, id => id.ExternalId, (row, id) => new { row.Id, id.AccountId })
                .Where(pair => db.Accounts.Any(account => account.Id == pair.AccountId && account.UnlinkedAt == null))
                .Distinct().GroupBy(pair => pair.AccountId).Select(rows => new { AccountId = rows.Key, Count = rows.Count() })
                .OrderBy(row => row.AccountId),
            cancellationToken);
        var counts = rows.ToDictionary(row => row.AccountId, row => row.Count);
        foreach (var known in _quarantined.Keys) counts.TryAdd(known, 0);
        return counts.Where(pair => _quarantined.GetValueOrDefault(pair.Key) != pair.Value).ToDictionary();
    }

    private static DateTimeOffset? Time(Dictionary<AccountId, DateTimeOffset> times, AccountId id) =>
        times.TryGetValue(id, out var time) ? time : null;
}
