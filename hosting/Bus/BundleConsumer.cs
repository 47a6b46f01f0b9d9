using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Telemetry;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Bus;

/// <summary>
/// Hands a bundle to its handler: all items in one transaction or, when that fails, in ever smaller parts. An item that fails alone is kept
/// as a dead letter, so one bad item never holds up another, on either bus. An error that may be the database's fault sends the bundle back
/// to wait. Only when that happens again and again while the database takes other work is the bundle taken apart all the same.
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

    /// <summary>Whether the bundle has failed many times although the database takes other work.</summary>
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
    /// Handles all items in one transaction. When that fails, it handles the items before the one in hand, that item, and those behind it;
    /// or each half by itself, down to the one bad item. Among 128 items that costs four transactions, or some fourteen; trying each alone
    /// would cost 128.
    /// </summary>
    /// <param name="items">The items, in order.</param>
    /// <param name="knownBad">Whether one of them must be bad, because all others were good.</param>
    /// <param name="blame">Whether an item is at fault even if the error points to the database.</param>
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
            // When the last item was in hand, that tells nothing: the handler, or the save behind it, had seen all of them.
            else if (inHand.Last < items.Count - 1) await HandlePartsAsync(items, [inHand.Last, inHand.Last + 1], blame, cancellationToken);
            else await HandlePartsAsync(items, [items.Count / 2], blame, cancellationToken);
            return false;
        }
    }

    /// <summary>Handles the items up to each cut and those behind the last cut, each part by itself and in order.</summary>
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

    /// <summary>
    /// Splits an item into parts. They are named by their place, so that a bundle that comes again finds the dead letters that it made.
    /// One that cannot be split is one part and is set aside whole; otherwise its bundle would come again for ever, and stop the queue.
    /// </summary>
    private List<BusItem<T>> PartsOf(BusItem<T> item)
    {
        try
        {
            return [.. handler.Split(item.Body).Select((part, place) => item with { Id = $"{item.Id}.{place}", Body = part })];
        }
        catch (Exception error)
        {
            LogNotSplit(logger, error, subscription.Queue, item.Id);
            return [item];
        }
    }

    /// <summary>
    /// Whether the error is, as far as one can tell, not the work's fault. A cancellation that nobody here asked for is a time-out
    /// somewhere below.
    /// </summary>
    private static bool MayPass(Exception error) => DatabaseErrors.IsUnavailable(error) || error is OperationCanceledException;

    [LoggerMessage(
        EventName = "bundle.blamed", Level = LogLevel.Warning,
        Message = "{Queue}: a bundle of {Items} fails again and again while the database takes other work; its items are tried one by one")]
    private static partial void LogBlamed(ILogger logger, Exception error, string queue, int items);

    [LoggerMessage(
        EventName = "bundle.not_split", Level = LogLevel.Warning,
        Message = "{Queue}: item {Item} fails and cannot be split either; it is set aside whole")]
    private static partial void LogNotSplit(ILogger logger, Exception error, string queue, string item);
}
