using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Mirror;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Makes one delivery of each event for each endpoint that takes it. An event that is ahead of the news of its account waits; one that
/// nobody takes goes nowhere.
/// </summary>
internal sealed class QueueInboxEvents(EventIntake intake, Erasure erasure, MirrorSignal mirror)
    : IMessageHandler<CrmForwarderDbContext, InboxEvent>
{
    public async Task HandleAsync(WorkScope<CrmForwarderDbContext> scope, IReadOnlyList<BusItem<InboxEvent>> items)
    {
        scope.AfterCommit(mirror.Wake);
        // Of what was erased before it came there is nothing to be told.
        var gone = await DataErasure.OfAsync(scope.Db, [.. items.Select(item => item.Body.AccountId).Distinct()]);
        items = [.. items.Where(item => item.Body.Body.Length > 0 && !gone.Any(erasure => erasure.Covers(item.Body)))];
        var accounts = await EventIntake.StandingOfAsync(scope.Db, [.. items.Select(item => item.Body.AccountId).Distinct()]);
        var erased = await ErasedMessages.OfAsync(scope.Db, items.Select(item => item.Body.Id));
        var waiting = new List<WaitingEvent>();
        var ready = new List<(WaitingEvent, string)>(items.Count);
        foreach (var inboxEvent in items.Select(WaitingEvent.Of))
        {
            inboxEvent.Body = erased.Without(inboxEvent.EventId, inboxEvent.Body);
            if (!accounts.TryGetValue(inboxEvent.AccountId, out var account) || account.Version < inboxEvent.AccountVersion)
                waiting.Add(inboxEvent);
            else ready.AddRange(account.EndpointsFor(inboxEvent.EventType).Select(endpoint => (inboxEvent, endpoint)));
        }

        // One that came beside the news of its account, in another transaction, waits although it need not. None behind it may pass it.
        await intake.ReleaseAsync(scope, accounts);
        await intake.AddAsync(scope, ready);
        await KeepAsync(scope.Db, waiting);
        await erasure.ApplyAsync(scope, items.Select(item => item.Body));
    }

    private static async Task KeepAsync(CrmForwarderDbContext db, List<WaitingEvent> waiting)
    {
        if (waiting.Count == 0) return;
        var ids = waiting.Select(row => row.EventId).ToList();
        var known = (await db.WaitingEvents.Where(row => ids.Contains(row.EventId)).Select(row => row.EventId).ToListAsync()).ToHashSet();
        db.WaitingEvents.AddRange(waiting.Where(row => known.Add(row.EventId)));
    }
}
