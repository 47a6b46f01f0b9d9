using MassTransit;

namespace InstaMessenger.Hosting.Bus;

/// <summary>Publishes to the broker; completes at its confirm.</summary>
internal sealed class RabbitMqPublisher(IPublishEndpoint bus, BrokerWatch watch) : IBusPublisher
{
    public bool IsRemote => true;

    public async Task PublishAsync(object bundle, Guid messageId, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(bundle, messageId, cancellationToken);
            watch.Confirmed();
        }
        catch (Exception error)
        {
            watch.NotConfirmed(error);
            throw;
        }
    }

    private Task SendAsync(object bundle, Guid messageId, CancellationToken cancellationToken) =>
        bus.Publish(
            bundle,
            bundle.GetType(),
            context =>
            {
                context.MessageId = messageId;
                // The broker confirms what it cannot route, and forgets it. With this flag it returns the message, and the row stays.
                context.GetPayload<RabbitMqSendContext>().Mandatory = true;
            },
            cancellationToken);
}
