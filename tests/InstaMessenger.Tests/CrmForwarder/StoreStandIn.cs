using System.Collections.Concurrent;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;

namespace InstaMessenger.Tests.CrmForwarder;

/// <summary>Answers the forwarder as the store would: with pages of the events that the test made, and with who sees what.</summary>
internal sealed class StoreStandIn : IMessageHandler<CrmForwarderDbContext, ReadEvents>,
    IMessageHandler<CrmForwarderDbContext, CheckReach>, IMessageHandler<CrmForwarderDbContext, ActionTaken>
{
    private readonly List<(InboxEvent Event, DateTimeOffset At)> _log = [];

    /// <summary>Events of a page.</summary>
    public int PageSize { get; set; } = 10;

    /// <summary>How often each page is answered.</summary>
    public int Times { get; set; } = 1;

    /// <summary>Pages that were asked for.</summary>
    public ConcurrentQueue<ReadEvents> Asked { get; } = new();

    /// <summary>The accounts that users see. One who is not in it sees all.</summary>
    public ConcurrentDictionary<string, IReadOnlyList<AccountId>> Users { get; } = new();

    /// <summary>The user who was deleted.</summary>
    public string? Gone { get; set; }

    public void Append(InboxEvent inboxEvent, DateTimeOffset at)
    {
        lock (_log) _log.Add((inboxEvent, at));
    }

    public Task HandleAsync(WorkScope<CrmForwarderDbContext> scope, IReadOnlyList<BusItem<ReadEvents>> items)
    {
        foreach (var asked in items.Select(item => item.Body))
        {
            Asked.Enqueue(asked);
            var page = Read(asked);
            for (var time = 0; time < Times; time++) scope.Publish(page);
        }

        return Task.CompletedTask;
    }

    public Task HandleAsync(WorkScope<CrmForwarderDbContext> scope, IReadOnlyList<BusItem<CheckReach>> items)
    {
        foreach (var asked in items.Select(item => item.Body))
        {
            foreach (var user in asked.UserIds)
            {
                var known = Users.TryGetValue(user, out var accounts);
                scope.Publish(new ReachChecked(user, !known, accounts ?? [], asked.AskedAt, IsGone: user == Gone));
            }
        }

        return Task.CompletedTask;
    }

    public Task HandleAsync(WorkScope<CrmForwarderDbContext> scope, IReadOnlyList<BusItem<ActionTaken>> items) => Task.CompletedTask;

    private EventsRead Read(ReadEvents asked)
    {
        lock (_log)
        {
            var upTo = asked.UpTo ?? _log.Max(row => row.Event.Sequence);
            var after = asked.After ?? 0;
            var rows = _log.Where(row => row.Event.Sequence > after && row.Event.Sequence <= upTo
                    && (asked.AccountIds?.Contains(row.Event.AccountId) ?? true) && (asked.Types?.Contains(row.Event.Type) ?? true)
                    && !(row.At < asked.From) && !(row.At >= asked.To))
                .OrderBy(row => row.Event.Sequence).Take(PageSize).Select(row => row.Event).ToList();
            return new EventsRead(
                asked.ReplayId, asked.Page, rows, after, rows.Count == PageSize ? rows[^1].Sequence : upTo, upTo);
        }
    }
}
