using InstaMessenger.Contracts;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Outbound;

/// <summary>Who wrote what is to be sent.</summary>
internal enum Author
{
    /// <summary>A person: an agent in the inbox, or a client that says so with <c>"sent_by":"human"</c>.</summary>
    Human,

    /// <summary>A client that does not say.</summary>
    Undeclared,

    /// <summary>A program that answers by itself.</summary>
    Automation,
}

/// <summary>
/// Whether Meta lets a message be sent now, and how. Either <see cref="ClosedAt"/> is set and it is refused, or it is not.
/// </summary>
/// <param name="HumanAgentTag">
/// Whether it must carry the tag <c>HUMAN_AGENT</c>; only ever for a person's words, or Meta bans the app.
/// </param>
/// <param name="ExpiresAt">When the permit ends (UTC); null when only Meta knows.</param>
/// <param name="ClosedAt">When the window closed for this author (UTC); null when it is open.</param>
/// <param name="Refusal">What to tell the client when it is closed.</param>
internal sealed record SendPermit(bool HumanAgentTag, DateTimeOffset? ExpiresAt, DateTimeOffset? ClosedAt = null, string? Refusal = null)
{
    /// <summary>
    /// Meta allows 24 h from the customer's last message for everybody, 7 days for what a person wrote. When we have no message of the
    /// customer, Meta is left to judge: they may have written before the account was linked here.
    /// </summary>
    public static SendPermit Of(DateTimeOffset? lastInboundAt, Author author, DateTimeOffset now)
    {
        if (lastInboundAt is not { } last) return new SendPermit(false, null);
        var window = ResponseWindow.Of(last, now);
        return (window.State, author) switch
        {
            (WindowState.Open, _) => new SendPermit(false, window.ClosesAt),
            (WindowState.HumanAgent, Author.Human) => new SendPermit(true, window.ClosesAt),
            (WindowState.HumanAgent, Author.Undeclared) => Refuse(
                last + ResponseWindows.Everybody,
                "The customer last wrote more than 24 hours ago. Until 7 days only what a person wrote may be sent: say "
                    + "\"sent_by\":\"human\" if a person did."),
            (WindowState.HumanAgent, _) => Refuse(
                last + ResponseWindows.Everybody,
                "The customer last wrote more than 24 hours ago; since then only a person may answer, not an automation "
                    + "(\"sent_by\":\"automation\")."),
            _ => Refuse(window.ClosesAt!.Value, "The customer last wrote more than 7 days ago. Nobody may write until the customer does."),
        };
    }

    private static SendPermit Refuse(DateTimeOffset closedAt, string detail) => new(false, null, closedAt, detail);
}
