using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// Takes sends into the ledger. A command that comes again finds its row, and nothing happens. Of an account that rests it is told at once
/// that nothing goes out, and until when: somebody waits for it.
/// </summary>
internal sealed class SendMessageHandler(SendSignal signal, TimeProvider clock) : IMessageHandler<SenderDbContext, SendMessage>
{
    public async Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<SendMessage>> items)
    {
        var ids = items.Select(item => item.Body.MessageId).ToList();
        var known = await scope.Db.Ledger.Where(row => ids.Contains(row.MessageId)).Select(row => row.MessageId).ToHashSetAsync();
        var replaced = items.Select(item => item.Body.InsteadOf).OfType<MessageId>().ToList();
        var earlier = replaced.Count == 0
            ? []
            : await scope.Db.Ledger.Where(row => replaced.Contains(row.MessageId)).ToDictionaryAsync(row => row.MessageId);
        var now = clock.GetUtcNow();
        var resting = await RestingAsync(scope.Db, items, now);
        // Their messages are gone in the store, which waits for no report.
        known.UnionWith(await DataErasure.AmongAsync(scope.Db, items));
        foreach (var item in items.Where(item => known.Add(item.Body.MessageId)))
        {
            var row = LedgerEntry.Of(item, now);
            scope.Db.Add(row);
            if (item.Body.InsteadOf is { } id && earlier.TryGetValue(id, out var first))
                Replacement.Decide(scope, first, row, now, item.TraceParent);
            if (row.State == LedgerState.Queued && resting.TryGetValue(row.AccountId, out var rest))
                scope.Publish(row.Report(SendOutcome.Later, rest, now), item.TraceParent);
        }

        scope.AfterCommit(signal.Wake);
    }

    /// <summary>Finds the accounts that send nothing now, and why not.</summary>
    private static async Task<Dictionary<AccountId, SendError>> RestingAsync(
        SenderDbContext db, IReadOnlyList<BusItem<SendMessage>> items, DateTimeOffset now)
    {
        var ids = items.Select(item => item.Body.AccountId).Distinct().ToList();
        var accounts = await db.ReadableAsync(db.Accounts.AsNoTracking()
            .Where(row => ids.Contains(row.AccountId) && !row.Unlinked && (row.TokenRefused || row.PausedUntil > now))
            .OrderBy(row => row.AccountId));
        return accounts.ToDictionary(row => row.AccountId, row =>
        {
            var rest = AccountRest.Of(row, now)!;
            return new SendError(rest.Code, rest.Message, true, rest.Until);
        });
    }
}
