namespace InstaMessenger.Hosting.Database;

/// <summary>
/// The database could not take the work just now: locked, full, read-only, unreachable. Nothing of the work was kept (unless
/// <see cref="MayBeKept"/>), and the same work may succeed later. HTTP endpoints answer 503, consumers leave the message with its sender.
/// </summary>
/// <param name="message">What was tried.</param>
/// <param name="inner">The provider's error.</param>
public sealed class DatabaseUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The commit was sent, and nobody could say for half a minute what became of it: the work may be kept after all.</summary>
    public bool MayBeKept { get; init; }
}
