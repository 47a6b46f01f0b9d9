using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.Hosting.Outbox;

/// <summary>Rows that must reach the bus: an outbox, the ingress journal, the store's event log.</summary>
public interface IRelaySource
{
    /// <summary>Names the source in logs and in the ids of its messages.</summary>
    string Name { get; }

    /// <summary>Wakes the relay when rows were committed.</summary>
    WakeSignal Signal { get; }

    /// <summary>Reads rows that are not marked yet, oldest first, without a transaction.</summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The rows; empty when all is published.</returns>
    Task<IReadOnlyList<RelayRow>> ReadAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Marks rows as published, so that they are not read again.</summary>
    /// <param name="published">Rows that the bus has confirmed, in the order in which they were read.</param>
    /// <param name="cancellationToken">Ends the write.</param>
    /// <returns>When that is durable.</returns>
    Task MarkAsync(IReadOnlyList<RelayRow> published, CancellationToken cancellationToken);
}

/// <summary>One row on its way to the bus.</summary>
/// <param name="Id">The row's key.</param>
/// <param name="Message">The message itself, of a type in <see cref="Bus.BusTopology"/>.</param>
/// <param name="TraceParent">Its W3C trace context.</param>
/// <param name="Size">Roughly how many bytes it takes.</param>
public sealed record RelayRow(long Id, object Message, string? TraceParent, int Size);
