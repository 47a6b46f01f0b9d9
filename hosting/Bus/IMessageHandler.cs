using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Database;

namespace InstaMessenger.Hosting.Bus;

/// <summary>
/// Handles messages of one type in the service's own database: check, write, return. Slow work is left to a worker that finds it
/// in the rows.
/// </summary>
/// <typeparam name="TContext">The service's database.</typeparam>
/// <typeparam name="T">The message type.</typeparam>
public interface IMessageHandler<TContext, T>
    where TContext : ServiceDbContext
{
    /// <summary>
    /// Handles <paramref name="items"/> in one transaction. A message can come more than once, so what was seen has no second effect. An
    /// exception rolls everything back; the items are then tried in smaller parts, and one that fails alone becomes a
    /// <see cref="DeadLetter"/>.
    /// </summary>
    /// <param name="scope">The unit of work; saved and committed by the caller.</param>
    /// <param name="items">1 to 100 messages, in order.</param>
    /// <returns>Completes once all is written to the scope.</returns>
    Task HandleAsync(WorkScope<TContext> scope, IReadOnlyList<BusItem<T>> items);

    /// <summary>
    /// Splits a message that failed alone into things that can be handled each by itself, like the events of a webhook. The parts are tried
    /// as the items of a bundle are, and the bad ones become dead letters.
    /// </summary>
    /// <param name="message">The message that failed.</param>
    /// <returns>Messages that together say the same, in order; at most one when there is nothing to split.</returns>
    IReadOnlyList<T> Split(T message) => [message];
}
