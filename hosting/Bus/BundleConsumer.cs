using System.Text.Json;
using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Telemetry;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Bus;

/// <summary>
/// Hands a bundle to its handler: all items in one transaction, else in ever smaller parts, and an item that fails alone is kept as a dead letter.
/// So one bad item never holds up another, on either bus. Only a database that cannot be written sends the bundle back.
/// </summary>
internal sealed partial class BundleConsumer<TContext, T, THandler>(
    THandler handler,
    IUnitOfWork<TContext> unitOfWork,
    BusSubscription<TContext, T, THandler> subscription,
    TimeProvider clock,
    ILogger<BundleConsumer<TContext, T, THandler>> logger) : IConsumer<Bundle<T>>
    where TContext : ServiceDbContext
    where THandler : class, IMessageHandler<TContext, T>
{
    public async Task Consume(ConsumeContext<Bundle<T>> context)
    {
        try
        {
            await HandleAsync(context.Message.Items, knownBad: false, context.CancellationToken);
        }
        catch (Exception error) when (error is not DatabaseUnavailableException && DatabaseErrors.IsUnavailable(error))
        {
            // A handler's own read met it. The bus waits for this type alone.
            throw new DatabaseUnavailableException("The database cannot be read.", error);
        }

        Metrics.Consumed(subscription.Queue, context.Message.Items.Count);
    }

    /// <summary>
    /// All in one transaction. When that fails, what was before the item in hand, that item, and what is behind it; or each half by itself, down to
    /// the one bad item. Among 128 that costs four transactions, or some fourteen, where trying each alone would cost 128.
    /// </summary>
    /// <param name="items">In order.</param>
    /// <param name="knownBad">Whether a bad item must be among them, because all others were good.</param>
    /// <param name="cancellationToken">Ends the handling.</param>
    /// <returns>Whether all were good.</returns>
    private async Task<bool> HandleAsync(IReadOnlyList<BusItem<T>> items, bool knownBad, CancellationToken cancellationToken)
    {
        if (items.Count == 0) return true;
        if (knownBad && items.Count > 1) return await HandlePartsAsync(items, [items.Count / 2], cancellationToken);
        var inHand = new ItemsInHand<BusItem<T>>(items);
        try
        {
            await unitOfWork.ExecuteAsync(scope => handler.HandleAsync(scope, inHand), cancellationToken);
            return true;
        }
        catch (Exception error) when (!MustReturn(error, cancellationToken))
        {
            if (items.Count == 1 && PartsOf(items[0]) is { Count: > 1 } parts) await HandlePartsAsync(parts, [parts.Count / 2], cancellationToken);
            else if (items.Count == 1) await SetAsideAsync(items[0], error, cancellationToken);
            // The last one in hand tells nothing: the handler, or the save behind it, had seen them all.
            else if (inHand.Last < items.Count - 1) await HandlePartsAsync(items, [inHand.Last, inHand.Last + 1], cancellationToken);
            else await HandlePartsAsync(items, [items.Count / 2], cancellationToken);
            return false;
        }
    }

    /// <summary>The items up to each cut and behind the last, each part by itself and in this order.</summary>
    private async Task<bool> HandlePartsAsync(IReadOnlyList<BusItem<T>> items, int[] cuts, CancellationToken cancellationToken)
    {
        var (from, allGood) = (0, true);
        foreach (var to in cuts.Append(items.Count))
        {
            allGood &= await HandleAsync([.. items.Take(from..to)], knownBad: allGood && to == items.Count, cancellationToken);
            from = to;
        }

        return allGood;
    }

    /// <summary>Named by their place, so that a bundle that comes again finds the dead letters that it made.</summary>
    private List<BusItem<T>> PartsOf(BusItem<T> item) => [.. handler.Split(item.Body).Select((part, place) => item with { Id = $"{item.Id}.{place}", Body = part })];

    private async Task SetAsideAsync(BusItem<T> item, Exception error, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(item.Body, BusJson.Options);
        await unitOfWork.ExecuteAsync(
            async scope =>
            {
                // The bundle can come again after a crash, when its bad item was set aside already.
                if (await scope.Db.Set<DeadLetter>().AnyAsync(row => row.Queue == subscription.Queue && row.ItemId == item.Id)) return;
                scope.Db.Add(DeadLetter.Of(subscription.Queue, typeof(T).Name, item.Id, body, item.TraceParent, DeadLetter.Reason(error), clock));
            },
            cancellationToken);
        Metrics.DeadLettered(subscription.Queue);
        LogDeadLettered(logger, error, subscription.Queue, item.Id);
    }

    private static bool MustReturn(Exception error, CancellationToken cancellationToken) =>
        DatabaseErrors.IsUnavailable(error) || cancellationToken.IsCancellationRequested;

    [LoggerMessage(EventName = "message.dead_lettered", Level = LogLevel.Error, Message = "{Queue}: {ItemId} always fails and was set aside; GET /api/v1/dead-letters lists it")]
    private static partial void LogDeadLettered(ILogger logger, Exception error, string queue, string itemId);
}
