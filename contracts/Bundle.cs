namespace InstaMessenger.Contracts;

/// <summary>
/// What travels over the bus: up to 128 messages of one type. A hop through the broker costs about the same for one as for
/// 128, so a relay puts what is pending into one bundle. The receiver treats the items one by one: a bad item is
/// dead-lettered alone.
/// </summary>
/// <typeparam name="T">The message type of the items.</typeparam>
/// <param name="Items">The items, in the order in which they were committed.</param>
public sealed record Bundle<T>(IReadOnlyList<BusItem<T>> Items);

/// <summary>One message in a <see cref="Bundle{T}"/>.</summary>
/// <typeparam name="T">The message type.</typeparam>
/// <param name="Id">Derived from the row that the message was relayed from, so that a re-publish has the same id.</param>
/// <param name="TraceParent">The W3C trace context of the work that wrote the row; null when there was none.</param>
/// <param name="Body">The message.</param>
public sealed record BusItem<T>(string Id, string? TraceParent, T Body);
