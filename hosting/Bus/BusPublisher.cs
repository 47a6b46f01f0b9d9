using MassTransit;

namespace InstaMessenger.Hosting.Bus;

/// <summary>Publishes through MassTransit: the RabbitMQ bus or the in-process mediator, which share an interface.</summary>
internal sealed class BusPublisher(IPublishEndpoint endpoint, bool keepsOrderInFlight) : IBusPublisher
{
    public bool KeepsOrderInFlight => keepsOrderInFlight;

    public Task PublishAsync(object bundle, Guid messageId, CancellationToken cancellationToken) =>
        endpoint.Publish(bundle, bundle.GetType(), context => context.MessageId = messageId, cancellationToken);
}
