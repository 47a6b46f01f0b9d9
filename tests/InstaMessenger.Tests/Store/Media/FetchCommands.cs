using System.Collections.Concurrent;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Tests.Store.Media;

/// <summary>What the store asked the sender to fetch.</summary>
internal sealed class FetchCommands
{
    public ConcurrentQueue<FetchMedia> Seen { get; } = new();

    public ConcurrentQueue<CancelFetch> Cancelled { get; } = new();

    /// <summary>Takes the sender's place on the bus.</summary>
    internal sealed class Collector(FetchCommands commands) : IMessageHandler<StoreDbContext, FetchMedia>
    {
        public Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<FetchMedia>> items)
        {
            foreach (var item in items) commands.Seen.Enqueue(item.Body);
            return Task.CompletedTask;
        }
    }

    /// <inheritdoc cref="Collector"/>
    internal sealed class Cancels(FetchCommands commands) : IMessageHandler<StoreDbContext, CancelFetch>
    {
        public Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<CancelFetch>> items)
        {
            foreach (var item in items) commands.Cancelled.Enqueue(item.Body);
            return Task.CompletedTask;
        }
    }
}
