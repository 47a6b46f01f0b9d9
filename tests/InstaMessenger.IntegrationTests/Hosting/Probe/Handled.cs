using System.Collections.Concurrent;
using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.IntegrationTests.Hosting.Probe;

/// <summary>A message whose handling was committed.</summary>
internal sealed record HandledItem(string Queue, string ItemId, long Number, string? TraceParent);

/// <summary>What the probe's handlers have committed, and what they are told to do.</summary>
internal sealed class HandledLog
{
    /// <summary>How long nothing at all may be handled: a busy machine is slow, and what is stuck stands still.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<HandledItem> _items = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs inside the handler's unit of work, before it writes; what it throws, the handler throws.</summary>
    public Action<string, long> Before { get; set; } = (_, _) => { };

    /// <summary>Runs before an item that failed alone is split; what it throws, the handler throws.</summary>
    public Action<string> Splitting { get; set; } = _ => { };

    /// <summary>How often a handler was given a bundle or a part of one: its transactions, also those that failed.</summary>
    public int Transactions { get; private set; }

    public IReadOnlyList<HandledItem> Items => [.. _items];

    public IReadOnlyList<long> NumbersOf(string queue) => [.. _items.Where(item => item.Queue == queue).Select(item => item.Number)];

    public void Add(HandledItem item)
    {
        _items.Enqueue(item);
        Pulse();
    }

    public void Begin()
    {
        lock (_gate) Transactions++;
    }

    /// <summary>Has everybody who waits look again.</summary>
    public void Pulse()
    {
        lock (_gate)
        {
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Waits until the log is as wanted; looks whenever it grows, and gives up when it has not grown for a minute.</summary>
    public async Task UntilAsync(Func<HandledLog, bool> asWanted, string what)
    {
        while (true)
        {
            Task changed;
            lock (_gate) changed = _changed.Task;
            if (asWanted(this)) return;
            try
            {
                await changed.WaitAsync(Patience);
            }
            catch (TimeoutException error)
            {
                throw new TimeoutException(
                    $"Nothing was handled for {Patience.TotalSeconds} s. Wanted: {what}. There are {_items.Count} items.", error);
            }
        }
    }

    public Task UntilHandledAsync(string queue, int count) =>
        UntilAsync(log => log.NumbersOf(queue).Distinct().Count() >= count, $"{count} items from {queue}");
}

/// <summary>Writes a note for each message; the note's unique text makes a repeat harmless, as in the product's handlers.</summary>
internal abstract class ProbeHandler<T>(HandledLog log, string queue, Func<T, long> numberOf) : IMessageHandler<ProbeDbContext, T>
{
    public async Task HandleAsync(WorkScope<ProbeDbContext> scope, IReadOnlyList<BusItem<T>> items)
    {
        log.Begin();
        var texts = items.Select(item => $"{queue} {numberOf(item.Body)}").ToList();
        var known = await scope.Db.Notes.Where(note => texts.Contains(note.Text)).Select(note => note.Text).ToListAsync();
        scope.Db.AddRange(texts.Except(known).Select(text => new Note { Text = text }));
        foreach (var item in items)
        {
            var number = numberOf(item.Body);
            log.Before(queue, number);
            var handled = new HandledItem(queue, item.Id, number, item.TraceParent);
            scope.AfterCommit(() => log.Add(handled));
        }
    }

    public IReadOnlyList<T> Split(T message)
    {
        log.Splitting(queue);
        return [message];
    }
}
