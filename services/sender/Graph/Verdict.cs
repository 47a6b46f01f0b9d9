using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Sender.Graph;

/// <summary>What a call came to: one of the four ways in which a send can stand.</summary>
internal abstract record Verdict
{
    /// <summary>Meta accepted it.</summary>
    /// <param name="Id">Meta's id of the message; null of what is no message.</param>
    public sealed record Sent(InstagramMessageId? Id) : Verdict;

    /// <summary>Meta refused it, and will refuse it again unless something changes.</summary>
    /// <param name="Code">Why.</param>
    /// <param name="Message">Why, for people.</param>
    /// <param name="Retryable">Whether sending the same again can succeed.</param>
    /// <param name="InDoubt">Whether the refusal is one that we do not know: it counts once no echo has come for a while.</param>
    public sealed record Rejected(string Code, string Message, bool Retryable, bool InDoubt = false) : Verdict;

    /// <summary>Certainly not sent, and worth another try.</summary>
    /// <param name="Code">Why.</param>
    /// <param name="Message">Why, for people.</param>
    /// <param name="HoldBack">What else must wait.</param>
    /// <param name="InDoubt">Whether the refusal is one that we do not know: it is tried again once no echo has come for a while.</param>
    public sealed record Later(string Code, string Message, HoldBack HoldBack = HoldBack.Nothing, bool InDoubt = false) : Verdict;

    /// <summary>It may have been sent.</summary>
    public sealed record Unknown(string Code, string Message) : Verdict;
}

/// <summary>What waits together with a send that was put off.</summary>
internal enum HoldBack
{
    /// <summary>Only the send itself (and those behind it to the same contact).</summary>
    Nothing,

    /// <summary>The account, for seconds to minutes: a rate limit.</summary>
    Account,

    /// <summary>The account, for half an hour to hours: Meta restricts it.</summary>
    AccountForLong,

    /// <summary>The account, for hours: Meta blocks it for what it did.</summary>
    AccountForHours,

    /// <summary>The account, until another token comes.</summary>
    AccountUntilNewToken,

    /// <summary>All accounts: the limit is the app's.</summary>
    App,
}
