using System.Text.Json.Serialization;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;

namespace InstaMessenger.Contracts.Events;

/// <summary>The sender's ledger has news of a send.</summary>
/// <param name="AccountId">The account that sends.</param>
/// <param name="Attempt">How many calls were made so far; reports of one message are ordered by it.</param>
/// <param name="Outcome">What is known now.</param>
/// <param name="InstagramMessageId">Meta's id, when <see cref="SendOutcome.Sent"/> and it is a message.</param>
/// <param name="Error">Why not, for every other outcome.</param>
/// <param name="At">When it became known (UTC).</param>
/// <param name="ByEcho">
/// Whether only an echo says so. An echo is matched by content, so an answer of Meta's, which names message and mid, outweighs it.
/// </param>
public sealed record SendReported(
    MessageId MessageId,
    AccountId AccountId,
    int Attempt,
    SendOutcome Outcome,
    InstagramMessageId? InstagramMessageId,
    SendError? Error,
    DateTimeOffset At,
    bool ByEcho = false)
{
    /// <summary>The reaction that was sent; null when it was a message.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OutgoingReaction? Reaction { get; init; }
}

/// <summary>Where a send stands: one of four outcomes, or its call is under way.</summary>
public enum SendOutcome
{
    /// <summary>The call is about to be made.</summary>
    Sending,

    /// <summary>Meta accepted the message and gave its id.</summary>
    Sent,

    /// <summary>It will never be sent.</summary>
    Rejected,

    /// <summary>Certainly not sent yet; it is tried again at <see cref="SendError.RetryAt"/>, or when the cause is gone.</summary>
    Later,

    /// <summary>The request may have reached Meta. Never sent again by itself: the echo or an operator settles it.</summary>
    Unknown,
}

/// <summary>Codes of errors that more than one service knows.</summary>
public static class SendErrorCodes
{
    /// <summary>The client took it back in time.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Meta takes no private reply to the comment.</summary>
    public const string CommentNotRepliable = "comment_not_repliable";
}

/// <summary>Why a send is not (yet) sent.</summary>
/// <param name="Code">A stable snake_case code, like <c>window_closed</c>.</param>
/// <param name="Message">A sentence for people; never the text of a message.</param>
/// <param name="Retryable">Whether sending the same again can succeed.</param>
/// <param name="RetryAt">When it is tried again (UTC), when that is known.</param>
public sealed record SendError(string Code, string Message, bool Retryable, DateTimeOffset? RetryAt);
