using InstaMessenger.Contracts;

namespace InstaMessenger.Store.Domain;

/// <summary>Whether a business may write to a customer now. Only this decides it, for the API and the inbox alike.</summary>
internal enum WindowState
{
    /// <summary>At most 24 h since the customer wrote: anybody may answer.</summary>
    Open,

    /// <summary>At most 7 days: only what a person wrote, tagged HUMAN_AGENT.</summary>
    HumanAgent,

    /// <summary>Nobody may write until the customer does; or the customer never wrote.</summary>
    Closed,
}

/// <summary>What the response window follows from.</summary>
/// <param name="LastInboundAt">
/// When the customer last wrote, tapped or answered a story, by Meta's clock; null when they never did, as far as we know.
/// </param>
/// <param name="PrivateRepliedAt">When a comment of theirs was answered in private; null when none was.</param>
/// <param name="HumanAgent">Whether the account may use the tag <c>HUMAN_AGENT</c>, which Meta grants to an app after a review.</param>
internal sealed record WindowFacts(DateTimeOffset? LastInboundAt, DateTimeOffset? PrivateRepliedAt, bool HumanAgent);

/// <summary>
/// The response window of a conversation. Meta: 24 h from the customer's last message, 7 days for human agents
/// (Messenger Platform, "Messaging windows" and "Human Agent").
/// </summary>
/// <param name="State">What is allowed now.</param>
/// <param name="ClosesAt">When this state ends, or since when it is closed (UTC); null when the customer never wrote.</param>
internal sealed record ResponseWindow(WindowState State, DateTimeOffset? ClosesAt)
{
    /// <summary>Decides what is allowed.</summary>
    public static ResponseWindow Of(WindowFacts facts, DateTimeOffset now)
    {
        if (facts.LastInboundAt is not { } last) return new ResponseWindow(WindowState.Closed, facts.PrivateRepliedAt);
        var forEverybody = After(last, ResponseWindows.Everybody);
        if (now <= forEverybody) return new ResponseWindow(WindowState.Open, forEverybody);
        if (!facts.HumanAgent) return new ResponseWindow(WindowState.Closed, forEverybody);
        var forPeople = After(last, ResponseWindows.HumanAgents);
        return new ResponseWindow(now <= forPeople ? WindowState.HumanAgent : WindowState.Closed, forPeople);
    }

    /// <summary>Adds a span. A rotten row may hold the last day that there is, and it must not fail the list that it stands in.</summary>
    public static DateTimeOffset After(DateTimeOffset time, TimeSpan span) =>
        DateTimeOffset.MaxValue - time < span ? DateTimeOffset.MaxValue : time + span;
}
