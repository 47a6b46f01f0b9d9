using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.Hosting.Outbox;

/// <summary>Rows that must reach the bus: an outbox, the ingress journal, the store's event log.</summary>
public interface IRelaySource
{
    /// <summary>Names the source in logs and in the ids of its messages.</summary>
    string Name { get; }

    /// <summary>Wakes the relay when rows were committed.</summary>
    WakeSignal Signal { get; }

    /// <summary>Lets one process at a time relay the source, in order; null for a source that only this process can reach.</summary>
    ILease? Lease { get; }

    /// <summary>
    /// Reads rows that are not marked yet, oldest first, without a transaction. A row that cannot be read comes with the reason.
    /// </summary>
    /// <param name="limit">How many rows, at most.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The rows; empty when all is published.</returns>
    Task<IReadOnlyList<RelayRow>> ReadAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Marks rows as published, so that they are not read again, unless another process has the lease meanwhile.</summary>
    /// <param name="published">Rows that the bus has confirmed or that were set aside, in the order in which they were read.</param>
    /// <param name="cancellationToken">Ends the write.</param>
    /// <returns>Completes once that is durable.</returns>
    /// <exception cref="LeaseLostException">Another process has the lease; nothing was marked.</exception>
    Task MarkAsync(IReadOnlyList<RelayRow> published, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps a row that can never be published where people see it. It may be called twice for one row, because the row is marked
    /// afterwards.
    /// </summary>
    /// <param name="row">A row that was read with the reason why it cannot be read.</param>
    /// <returns>Completes once that is durable.</returns>
    /// <exception cref="LeaseLostException">Another process has the lease; nothing was kept.</exception>
    Task SetAsideAsync(RelayRow row);
}
