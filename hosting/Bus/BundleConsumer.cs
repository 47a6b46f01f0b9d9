using System.Text.Json;
using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Telemetry;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Bus;

/// <summary>
/// Hands a bundle to its handler: all items in one transaction, else one by one, and an item that fails alone is kept as a dead letter.
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
        var items = context.Message.Items;
        try
        {
            await unitOfWork.ExecuteAsync(scope => handler.HandleAsync(scope, items), context.CancellationToken);
        }
        catch (Exception error) when (!MustReturn(error, context.CancellationToken))
        {
            foreach (var item in items) await HandleAloneAsync(item, context.CancellationToken);
        }

        Metrics.Consumed(subscription.Queue, items.Count);
    }

    private async Task HandleAloneAsync(BusItem<T> item, CancellationToken cancellationToken)
    {
        try
        {
            await unitOfWork.ExecuteAsync(scope => handler.HandleAsync(scope, [item]), cancellationToken);
        }
        catch (Exception error) when (!MustReturn(error, cancellationToken))
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
    }

    private static bool MustReturn(Exception error, CancellationToken cancellationToken) =>
        DatabaseErrors.IsUnavailable(error) || cancellationToken.IsCancellationRequested;

    [LoggerMessage(EventName = "message.dead_lettered", Level = LogLevel.Error, Message = "{Queue}: {ItemId} always fails and was set aside; GET /api/v1/dead-letters lists it")]
    private static partial void LogDeadLettered(ILogger logger, Exception error, string queue, string itemId);
}
