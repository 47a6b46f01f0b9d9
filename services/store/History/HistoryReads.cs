using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using InstaMessenger.Store.Inbound;
using InstaMessenger.Store.Inbound.Arrivals;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.History;

/// <summary>
/// Takes in what was found at Meta. Each message is recorded once, by its id, whatever came before or comes beside it; so a part that comes
/// twice adds nothing and counts nothing.
/// </summary>
internal sealed class HistoryReads(
    MessageRecorder recorder, EventLog log, TimeProvider clock) : IMessageHandler<StoreDbContext, HistoryRead>
{
    /// <summary>How often the progress of an import is told, at most.</summary>
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(1);

    public async Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<HistoryRead>> items)
    {
        var ids = items.Select(item => item.Body.AccountId).Distinct().ToList();
        var accounts = await scope.Db.Accounts.Where(account => ids.Contains(account.Id)).ToDictionaryAsync(account => account.Id);
        // The threads are locked first, like everywhere, and what is known of the accounts last.
        var read = await RecordAsync(scope, items, accounts);
        var histories = await scope.Db.Set<AccountHistory>().ForUpdate().Where(row => ids.Contains(row.AccountId))
            .ToDictionaryAsync(row => row.AccountId);
        foreach (var item in items)
        {
            if (!accounts.TryGetValue(item.Body.AccountId, out var account)
                || !histories.TryGetValue(item.Body.AccountId, out var history)) continue;
            var isNew = read[item].Count(arrival => arrival.IsRecorded);
            if (item.Body.Purpose == HistoryPurpose.Import) Import(scope, account, history, item.Body, isNew);
            else Sweep(scope, history, item.Body, isNew);
        }
    }

    private async Task<ILookup<BusItem<HistoryRead>, Arrival>> RecordAsync(
        WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<HistoryRead>> items, Dictionary<Contracts.Ids.AccountId, Account> accounts)
    {
        var now = clock.GetUtcNow();
        var arrivals = new List<(BusItem<HistoryRead> Item, Arrival Arrival)>();
        foreach (var item in items)
        {
            if (item.Body.Thread is not { } thread || accounts.GetValueOrDefault(item.Body.AccountId) is not { UnlinkedAt: null } account)
                continue;
            var by = item.Body.Purpose == HistoryPurpose.Import ? FoundBy.History : FoundBy.Sweep;
            arrivals.AddRange(MetaWebhook.Read(thread.Webhook).Select(part => (
                item, Arrival.Found(part, now, item.TraceParent, account, by, thread.Username))));
        }

        var erased = await ErasedContacts.LoadAsync(scope.Db, arrivals.Select(pair => pair.Arrival));
        arrivals.RemoveAll(pair => erased.Had(pair.Arrival));
        await recorder.RecordAsync(scope, [.. arrivals.Select(pair => pair.Arrival)], "message", ReceivedContent.Read);
        return arrivals.ToLookup(pair => pair.Item, pair => pair.Arrival);
    }

    private void Import(WorkScope<StoreDbContext> scope, Account account, AccountHistory history, HistoryRead part, int isNew)
    {
        if (part.Run != history.ImportRun) return;
        var now = clock.GetUtcNow();
        var ends = part.Ended && history.State == BackfillState.Running;
        (history.Found, history.Imported) = (Math.Max(history.Found, part.Found), history.Imported + isNew);
        if (ends)
        {
            history.State = part.Error is null ? BackfillState.Done : BackfillState.Failed;
            (history.FinishedAt, history.Error) = (part.At, part.Error);
        }

        if (!ends && (history.State != BackfillState.Running || now < history.ToldAt + TellEvery)) return;
        history.ToldAt = now;
        log.Append(scope, account, null, EventTypes.HistoryProgress, new BackfillEventData(BackfillView.Of(history)!));
    }

    private static void Sweep(WorkScope<StoreDbContext> scope, AccountHistory history, HistoryRead part, int isNew)
    {
        HistoryMetrics.Filled(isNew);
        if (part.Run != history.SweepRun) return;
        (history.SweepFound, history.SweepMissing) = (Math.Max(history.SweepFound, part.Found), history.SweepMissing + isNew);
        // A sweep that was broken off has not seen everything, so it does not tell what is missing.
        if (!part.Ended || part.Error is not null) return;
        history.CheckedAt = part.At;
        (history.Known, history.Missing) = (Math.Max(0, history.SweepFound - history.SweepMissing), history.SweepMissing);
        scope.Publish(new AccountActive(history.AccountId, null, null, null)
        {
            Completeness = new Completeness(part.At, history.Known, history.Missing),
        });
    }
}
