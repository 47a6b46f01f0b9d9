using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Telemetry;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Bus;

/// <summary>
/// Hands a bundle to its handler: all items in one transaction, else in ever smaller parts, and an item that fails alone is kept as a dead
/// letter. So one bad item never holds up another, on either bus. Whatever may be the database's fault sends the bundle back to wait; only
/// when that happens again and again while the database takes other work is the bundle taken apart all the same.
/// </summary>
internal sealed partial class BundleConsumer<TContext, T, THandler>(
    THandler handler,
    IUnitOfWork<TContext> unitOfWork,
    SetAside<TContext> setAside,
    BusSubscription<TContext, T, THandler> subscription,
    TimeProvider clock,
    ILogger<BundleConsumer<TContext, T, THandler>> logger) : IConsumer<Bundle<T>>
    where TContext : ServiceDbContext
    where THandler : class, IMessageHandler<TContext, T>
{
    public Task Consume(ConsumeContext<Bundle<T>> context) =>
        subscription.InTurnAsync(context, items => HandleOrReturnAsync(items, context.CancellationToken));

    private async Task HandleOrReturnAsync(IReadOnlyList<BusItem<T>> items, CancellationToken cancellationToken)
    {
        try
        {
            await HandleAsync(items, knownBad: false, blame: false, cancellationToken);
        }
        catch (Exception error) when (MayPass(error) && !cancellationToken.IsCancellationRequested)
        {
            if (!await IsToBlameAsync(items, cancellationToken))
                throw error as DatabaseUnavailableException ?? new DatabaseUnavailableException(
                    "The handler's unit of work did not end.", error);
            LogBlamed(logger, error, subscription.Queue, items.Count);
            await HandleAsync(items, knownBad: false, blame: true, cancellationToken);
        }

        subscription.Returns.Forget(items[0].Id);
        Metrics.Consumed(subscription.Queue, items.Count);
    }

    /// <summary>Whether the bundle failed again although the database takes other work, as it did many times before.</summary>
    private async Task<bool> IsToBlameAsync(IReadOnlyList<BusItem<T>> items, CancellationToken cancellationToken)
    {
        if (await TakesWorkAsync(cancellationToken)) return subscription.Returns.Count(items[0].Id, clock.GetUtcNow());
        subscription.Returns.Forget(items[0].Id);
        return false;
    }

    private async Task<bool> TakesWorkAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await unitOfWork.ExecuteAsync(_ => Task.FromResult(true), cancellationToken);
        }
        catch (Exception error) when (DatabaseErrors.IsUnavailable(error))
        {
            return false;
        }
    }

    /// <summary>
    /// All in one transaction. When that fails, what was before the item in hand, that item, and what is behind it; or each half by itself,
    /// down to the one bad item. Among 128 that costs four transactions, or some fourteen, where trying each alone would cost 128.
    /// </summary>
    /// <param name="items">In order.</param>
    /// <param name="knownBad">Whether a bad item must be among them, because all others were good.</param>
    /// <param name="blame">Whether an item is at fault even where the error speaks of the database.</param>
    /// <param name="cancellationToken">Ends the handling.</param>
    /// <returns>Whether all were good.</returns>
    private async Task<bool> HandleAsync(IReadOnlyList<BusItem<T>> items, bool knownBad, bool blame, CancellationToken cancellationToken)
    {
        if (items.Count == 0) return true;
        if (knownBad && items.Count > 1) return await HandlePartsAsync(items, [items.Count / 2], blame, cancellationToken);
        var inHand = new ItemsInHand<BusItem<T>>(items);
        try
        {
            await unitOfWork.ExecuteAsync(scope => handler.HandleAsync(scope, inHand), cancellationToken);
            return true;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && (blame || !MayPass(error)))
        {
            var cause = MayPass(error) ? DeadLetterCause.Database : DeadLetterCause.Item;
            if (blame && !await TakesWorkAsync(cancellationToken)) throw;
            if (items.Count == 1 && PartsOf(items[0]) is { Count: > 1 } parts)
                await HandlePartsAsync(parts, [parts.Count / 2], blame, cancellationToken);
            else if (items.Count == 1) await setAside.KeepAsync(
                subscription.Queue, items[0], error, cause, atAnyCost: blame, cancellationToken);
            // The last one in hand tells nothing: the handler, or the save behind it, had seen them all.
            else if (inHand.Last < items.Count - 1) await HandlePartsAsync(items, [inHand.Last, inHand.Last + 1], blame, cancellationToken);
            else await HandlePartsAsync(items, [items.Count / 2], blame, cancellationToken);
            return false;
        }
    }

    /// <summary>The items up to each cut and behind the last, each part by itself and in this order.</summary>
    private async Task<bool> HandlePartsAsync(IReadOnlyList<BusItem<T>> items, int[] cuts, bool blame, CancellationToken cancellationToken)
    {
        var (from, allGood) = (0, true);
        foreach (var to in cuts.Append(items.Count))
        {
            allGood &= await HandleAsync([.. items.Take(from..to)], knownBad: allGood && to == items.Count, blame, cancellationToken);
            from = to;
        }

        return allGood;
    }

    /// <summary>Named by their place, so that a bundle that comes again finds the dead letters that it made.</summary>
    private List<BusItem<T>> PartsOf(BusItem<T> item) =>
        [.. handler.Split(item.Body).Select((part, place) => item with { Id = $"{item.Id}.{place}", Body = part })];

    /// <summary>
    /// Not the work's fault as far as one can tell; a cancellation that nobody here asked for is a time-out somewhere below.
    /// </summary>
    private static bool MayPass(Exception error) => DatabaseErrors.IsUnavailable(error) || error is OperationCanceledException;

    [LoggerMessage(
        EventName = "bundle.blamed", Level = LogLevel.Warning,
        Message = "{Queue}: a bundle of {Items} fails again and again while the database takes other work; its items are tried one by one")]
    private static partial void LogBlamed(ILogger logger, Exception error, string queue, int items);
}
