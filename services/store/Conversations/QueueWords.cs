using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.Store.Conversations;

/// <summary>The words by which a client asks for a queue of the inbox, and what they mean.</summary>
internal static class QueueWords
{
    /// <summary>A window that closes within this time is closing.</summary>
    public static readonly TimeSpan Closing = TimeSpan.FromHours(4);

    private const string Reply = "reply";
    private const string Open = "open";
    private const string ClosingWord = "closing";
    private const string ClosesAt = "closes_at";

    /// <summary>Says what of these is no word of a queue, or is none together with the others; null when all are.</summary>
    public static ProblemHttpResult? Fault(string? awaiting, string? window, string? sort)
    {
        if (awaiting is not (null or Reply)) return Problems.Invalid(("awaiting", $"Must be {Reply}."));
        if (window is not (null or Open or ClosingWord)) return Problems.Invalid(("window", $"Must be {Open} or {ClosingWord}."));
        if (sort is not (null or ClosesAt)) return Problems.Invalid(("sort", $"Must be {ClosesAt}."));
        // Of threads that were answered, no index has the order in which their windows close.
        if (window is not null && awaiting is null) return Problems.Invalid(("window", $"Needs awaiting={Reply}."));
        if (sort is not null && window is null) return Problems.Invalid(("sort", $"Needs window={Open} or window={ClosingWord}."));
        return null;
    }

    /// <summary>When the customer last wrote, of threads that await a reply and have this window now; null for any.</summary>
    public static (DateTimeOffset From, DateTimeOffset To)? Sent(string? window, DateTimeOffset now) => window switch
    {
        null => null,
        ClosingWord => ClosingNow(now),
        _ => (now - ResponseWindows.Everybody, DateTimeOffset.MaxValue),
    };

    /// <summary>When the customer last wrote, of threads whose 24 hours end within <see cref="Closing"/>.</summary>
    public static (DateTimeOffset From, DateTimeOffset To) ClosingNow(DateTimeOffset now) =>
        (now - ResponseWindows.Everybody, now - ResponseWindows.Everybody + Closing);
}
