using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Commands;

/// <summary>Show the customer a sign: it is shown now or not at all, and nobody is told which.</summary>
/// <param name="Sign">What they see.</param>
/// <param name="At">When it was asked for (UTC).</param>
public sealed record ShowSign(AccountId AccountId, InstagramUserId ContactId, Sign Sign, DateTimeOffset At);

/// <summary>A sign in a thread that is no message.</summary>
public enum Sign
{
    /// <summary>The business is writing.</summary>
    TypingOn,

    /// <summary>It is not any more.</summary>
    TypingOff,

    /// <summary>The business has seen what the customer wrote.</summary>
    MarkSeen,
}
