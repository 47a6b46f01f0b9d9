using InstaMessenger.Hosting.Workers;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace InstaMessenger.Hosting.Bus;

/// <summary>
/// Empties the queues of versions before <see cref="RabbitMqTopology.NameOf"/> into today's and removes them, so that an upgrade loses
/// nothing that waited. What waited comes behind what was published since the upgrade began. A crash in the middle moves a bundle twice,
/// which consumers recognise.
/// </summary>
internal sealed partial class EarlierQueues(Uri broker, IReadOnlyList<string> queues, ILogger<EarlierQueues> logger) : Worker
{
    public override string Name => "bus.earlier-queues";

    /// <summary>It works once; a process of the earlier version may still hold its queue then.</summary>
    public override TimeSpan Interval => TimeSpan.FromSeconds(30);

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(cancellationToken);
        var left = 0;
        foreach (var queue in queues)
            if (!await IsGoneAsync(connection, queue, cancellationToken)) left++;
        return left == 0 ? NextRound.Never : NextRound.WhenWoken;
    }

    private async Task<bool> IsGoneAsync(IConnection connection, string queue, CancellationToken cancellationToken)
    {
        try
        {
            var confirmed = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);
            await using var channel = await connection.CreateChannelAsync(confirmed, cancellationToken);
            await channel.QueueDeclarePassiveAsync(queue, cancellationToken);
            // Exclusive to this connection: a second process would take for gone what the first has in hand.
            await channel.QueueDeclareAsync(
                queue + ".moving", durable: false, exclusive: true, autoDelete: true, cancellationToken: cancellationToken);
            // MassTransit bound the queue by an exchange of its name as well; without it the queue would get what is published today.
            await channel.ExchangeDeleteAsync(queue, cancellationToken: cancellationToken);
            foreach (var exchange in BusTopology.ExchangesInto(queue))
                await channel.QueueUnbindAsync(queue, exchange, "", cancellationToken: cancellationToken);
            var moved = await MoveAllAsync(channel, queue, cancellationToken);
            // Quorum queues do not know "delete if unused". Nothing is routed into the queue any more, and without a consumer nobody has
            // anything in hand.
            if ((await channel.QueueDeclarePassiveAsync(queue, cancellationToken)).ConsumerCount > 0) return false;
            await channel.QueueDeleteAsync(queue, ifUnused: false, ifEmpty: false, cancellationToken: cancellationToken);
            LogGone(logger, queue, moved);
            return true;
        }
        catch (OperationInterruptedException error) when (error.ShutdownReason?.ReplyCode is Constants.NotFound)
        {
            return true;
        }
        catch (OperationInterruptedException error) when (error.ShutdownReason?.ReplyCode is Constants.ResourceLocked)
        {
            return false;
        }
    }

    /// <summary>Moves all messages. Each leaves the old queue once the new one has confirmed it.</summary>
    private static async Task<int> MoveAllAsync(IChannel channel, string queue, CancellationToken cancellationToken)
    {
        for (var moved = 0; ; moved++)
        {
            if (await channel.BasicGetAsync(queue, autoAck: false, cancellationToken) is not { } bundle) return moved;
            await channel.BasicPublishAsync(
                "",
                RabbitMqTopology.NameOf(queue),
                mandatory: true,
                new BasicProperties(bundle.BasicProperties),
                bundle.Body,
                cancellationToken);
            await channel.BasicAckAsync(bundle.DeliveryTag, multiple: false, cancellationToken);
        }
    }

    [LoggerMessage(
        EventName = "bus.earlier_queue_gone",
        Level = LogLevel.Information,
        Message = "{Queue}: {Bundles} bundles of an earlier version were moved on, and the queue is gone")]
    private static partial void LogGone(ILogger logger, string queue, int bundles);
}
