namespace InstaMessenger.Hosting.Outbox;

/// <summary>One row on its way to the bus.</summary>
/// <param name="Id">The row's key.</param>
/// <param name="Message">The message itself, of a type in <see cref="Bus.BusTopology"/>.</param>
/// <param name="TraceParent">Its W3C trace context.</param>
/// <param name="Size">Roughly how many bytes it takes.</param>
public sealed record RelayRow(long Id, object Message, string? TraceParent, int Size)
{
    /// <summary>Why the row cannot be read, without any content; null for a sound one. <see cref="Message"/> means nothing then.</summary>
    public string? Unreadable { get; private init; }

    /// <summary>A row that cannot be read, and so never be published.</summary>
    /// <param name="id">The row's key.</param>
    /// <param name="reason">Why, without any content.</param>
    /// <returns>The row.</returns>
    public static RelayRow CannotBeRead(long id, string reason) => new(id, reason, null, 0) { Unreadable = reason };
}
