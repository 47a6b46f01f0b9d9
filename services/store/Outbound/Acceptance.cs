using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Outbound;

/// <summary>What became of a request to send.</summary>
internal abstract record Acceptance
{
    private Acceptance()
    {
    }

    /// <summary>It is durably kept and on its way.</summary>
    public sealed record Accepted(SendAnswer Answer) : Acceptance;

    /// <summary>The same request came before; this was its answer.</summary>
    public sealed record Replayed(StoredAnswer Answer) : Acceptance;

    /// <summary>The same request came before and still waits for its answer.</summary>
    public sealed record InProgress(TimeSpan RetryAfter) : Acceptance;

    /// <summary>The key was used for another request.</summary>
    public sealed record KeyReused : Acceptance;

    /// <summary>There is no such account, or none that is linked.</summary>
    public sealed record NoAccount : Acceptance;

    /// <summary>The message that it answers cannot be answered.</summary>
    public sealed record ReplyToNothing(string Detail) : Acceptance;

    /// <summary>The response window is closed.</summary>
    public sealed record WindowClosed(WindowRefusal Refusal) : Acceptance;
}
