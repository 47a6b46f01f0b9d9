using InstaMessenger.Contracts;

namespace InstaMessenger.Store.Domain;

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

/// <summary>Why nothing may be sent now.</summary>
/// <param name="Rule">A stable word for the rule, like <c>24_hours</c>.</param>
/// <param name="ClosedAt">Since when it forbids the message (UTC).</param>
/// <param name="Reason">The rule in a sentence.</param>
/// <param name="NextStep">What is left to do.</param>
internal sealed record WindowRefusal(string Rule, DateTimeOffset ClosedAt, string Reason, string NextStep)
{
    /// <summary>Says it of a message that might go now and is due too late.</summary>
    public WindowRefusal ForLater() => this with
    {
        Reason = $"It could be sent until {ClosedAt:yyyy-MM-ddTHH:mm:ssZ}, and is due after that.",
        NextStep = $"Give an earlier time; else: {char.ToLowerInvariant(NextStep[0])}{NextStep[1..]}",
    };
}

/// <summary>Whether Meta lets a message be sent now, and how. The sender is told the outcome and needs no rule of its own.</summary>
/// <param name="HumanAgentTag">
/// Whether it must carry the tag <c>HUMAN_AGENT</c>; only ever for a person's words, or Meta bans the app.
/// </param>
/// <param name="ExpiresAt">When the permit ends (UTC).</param>
/// <param name="Refusal">Why it must not be sent; null when it may be.</param>
internal sealed record SendPermit(bool HumanAgentTag, DateTimeOffset ExpiresAt, WindowRefusal? Refusal = null)
{
    private const string WaitForCustomer = "Wait until the customer writes: that opens the window again.";

    /// <summary>
    /// Meta allows 24 h from the customer's last message for everybody, and 7 days for what a person wrote. When we have no message of the
    /// customer, Meta is left to judge: they may have written before the account was linked here. That message is older than now, so 24 h
    /// from now the window is certainly closed.
    /// </summary>
    public static SendPermit Of(WindowFacts facts, Author author, DateTimeOffset now)
    {
        if (facts is { LastInboundAt: null, PrivateRepliedAt: { } repliedAt }) return Refuse(
            "private_reply_unanswered",
            repliedAt,
            "The customer has not answered the private reply to their comment yet.",
            "Wait until they write: a second message before that is refused by Meta.");
        if (facts.LastInboundAt is not { } last) return new SendPermit(false, now + ResponseWindows.Everybody);
        var window = ResponseWindow.Of(facts, now);
        var forEverybody = ResponseWindow.After(last, ResponseWindows.Everybody);
        return (window.State, author) switch
        {
            (WindowState.Open, _) => new SendPermit(false, forEverybody),
            (WindowState.HumanAgent, Author.Human) => new SendPermit(true, window.ClosesAt!.Value),
            (WindowState.HumanAgent, Author.Undeclared) => Refuse(
                "24_hours",
                forEverybody,
                "The customer last wrote more than 24 hours ago; until 7 days only what a person wrote may be sent.",
                "Say \"sent_by\":\"human\" if a person wrote it."),
            (WindowState.HumanAgent, _) => Refuse(
                "24_hours",
                forEverybody,
                "The customer last wrote more than 24 hours ago; since then no automation may answer (\"sent_by\":\"automation\").",
                "Let a person answer."),
            (_, Author.Human) when !facts.HumanAgent && now <= ResponseWindow.After(last, ResponseWindows.HumanAgents) => Refuse(
                "human_agent_off",
                forEverybody,
                "The customer last wrote more than 24 hours ago, and the account does not use Meta's Human Agent feature.",
                "Wait until the customer writes; or, if Meta has granted the app the feature, switch on human_agent of the account."),
            _ when !facts.HumanAgent => Refuse(
                "24_hours", forEverybody, "The customer last wrote more than 24 hours ago.", WaitForCustomer),
            _ => Refuse("7_days", window.ClosesAt!.Value, "The customer last wrote more than 7 days ago.", WaitForCustomer),
        };
    }

    /// <summary>Whether something that is no message, and so carries no tag, may be done: a reaction, a sign that somebody types.</summary>
    public static SendPermit ForSigns(WindowFacts facts, DateTimeOffset now) => Of(facts, Author.Automation, now) switch
    {
        { Refusal: { Rule: "24_hours" } refusal } => Refuse(
            refusal.Rule,
            refusal.ClosedAt,
            "The customer last wrote more than 24 hours ago; since then Meta takes messages of people, and nothing else.",
            WaitForCustomer),
        var permit => permit,
    };

    /// <summary>Judges what is due later by the moment at which it is.</summary>
    /// <param name="dueAt">That moment (UTC); null for now.</param>
    /// <param name="now">The time (UTC).</param>
    /// <param name="permitAt">What Meta's rules say of a moment.</param>
    public static SendPermit When(DateTimeOffset? dueAt, DateTimeOffset now, Func<DateTimeOffset, SendPermit> permitAt)
    {
        var permit = permitAt(dueAt ?? now);
        return permit.Refusal is { } refusal && dueAt is not null && permitAt(now).Refusal is null
            ? permit with { Refusal = refusal.ForLater() }
            : permit;
    }

    public static SendPermit Refuse(string rule, DateTimeOffset closedAt, string reason, string nextStep) =>
        new(false, closedAt, new WindowRefusal(rule, closedAt, reason, nextStep));
}
