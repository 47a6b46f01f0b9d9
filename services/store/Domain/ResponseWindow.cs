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

/// <summary>
/// The response window of a conversation. Meta: 24 h from the customer's last message, 7 days for human agents
/// (Messenger Platform, "Messaging windows" and "Human Agent").
/// </summary>
/// <param name="State">What is allowed now.</param>
/// <param name="ClosesAt">When this state ends, or ended for good (UTC); null when the customer never wrote.</param>
internal sealed record ResponseWindow(WindowState State, DateTimeOffset? ClosesAt)
{
    public static ResponseWindow Of(DateTimeOffset? lastInboundAt, DateTimeOffset now)
    {
        if (lastInboundAt is not { } last) return new ResponseWindow(WindowState.Closed, null);
        var age = now - last;
        if (age <= ResponseWindows.Everybody) return new ResponseWindow(WindowState.Open, After(last, ResponseWindows.Everybody));
        return new ResponseWindow(
            age <= ResponseWindows.HumanAgents ? WindowState.HumanAgent : WindowState.Closed, After(last, ResponseWindows.HumanAgents));
    }

    /// <summary>Adds a span. A rotten row may hold the last day that there is, and it must not fail the list that it stands in.</summary>
    private static DateTimeOffset After(DateTimeOffset time, TimeSpan span) =>
        DateTimeOffset.MaxValue - time < span ? DateTimeOffset.MaxValue : time + span;
}
