using MassTransit;
using MassTransit.Mediator;

namespace InstaMessenger.Hosting.Bus;

/// <summary>Publishes to the consumers of this process; returns when all have committed.</summary>
/// <param name="mediator">The consumers.</param>
/// <param name="queues">The queues that they consume.</param>
internal sealed class InProcessPublisher(IMediator mediator, IReadOnlySet<string> queues) : IBusPublisher
{
    public bool IsRemote => false;

    public Task PublishAsync(object bundle, Guid messageId, CancellationToken cancellationToken)
    {
        var message = bundle.GetType().GetGenericArguments()[0];
        // The mediator does not complain when nobody listens, and the row would be lost. This happens to a service that was started alone.
        if (!BusTopology.Queues[message].Any(queues.Contains))
            throw new InvalidOperationException($"Nobody in this process consumes {message.Name}: set ConnectionStrings:RabbitMq.");
        return mediator.Publish(bundle, bundle.GetType(), context => context.MessageId = messageId, cancellationToken);
    }
}
