namespace InstaMessenger.Hosting.Bus;

/// <summary>Publishes to the bus. Used by relays alone: everybody else writes into an outbox.</summary>
public interface IBusPublisher
{
    /// <summary>
    /// Whether a publish crosses the network, and so is given up when no confirm comes: true on RabbitMQ; false in-process, where it runs
    /// the consumers and ends when they do.
    /// </summary>
    bool IsRemote { get; }

    /// <summary>
    /// Publishes a bundle. It completes at the broker's confirm on RabbitMQ, and in-process when every consumer has committed.
    /// </summary>
    /// <param name="bundle">A <see cref="Contracts.Bundle{T}"/> of a type in <see cref="BusTopology"/>.</param>
    /// <param name="messageId">The id of the bus message.</param>
    /// <param name="cancellationToken">Gives up; the message may or may not have been published.</param>
    /// <returns>Completes once the bundle is safe with the other side.</returns>
    Task PublishAsync(object bundle, Guid messageId, CancellationToken cancellationToken);
}
