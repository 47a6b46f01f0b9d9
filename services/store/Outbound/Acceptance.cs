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

    /// <summary>What a field names is not there, or cannot be used.</summary>
    public sealed record Invalid(string Field, string Error) : Acceptance;

    /// <summary>The comment takes no private reply (any more).</summary>
    public sealed record CommentClosed(WindowRefusal Refusal) : Acceptance;

    /// <summary>The response window is closed.</summary>
    public sealed record WindowClosed(WindowRefusal Refusal) : Acceptance;
}
