using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Commands;

/// <summary>Read what the CRM's mirror needs next: events behind its place and, while it is being filled, some of what there is.</summary>
/// <param name="Ask">The number of the question; the answer repeats it.</param>
/// <param name="After">The sequence behind which events are read; null when the mirror is to be filled from the start.</param>
/// <param name="LastSequence">
/// The newest event that the mirror has ever had; null for none. It tells whether this is the log of then.
/// </param>
/// <param name="Types">The types of events that are read; the others are passed over.</param>
/// <param name="Fill">Where the fill stands; null when nothing is being filled.</param>
/// <param name="ErasedSince">Erasures that ended before this time (UTC) are left out; null for none that ended.</param>
public sealed record ReadMirror(
    long Ask, long? After, long? LastSequence, IReadOnlyList<string> Types, FillPlace? Fill, DateTimeOffset? ErasedSince);

/// <summary>
/// How far a fill is: threads in the order of their ids, and of each its messages in the order in which they were sent.
/// </summary>
/// <param name="AccountId">The account that is filled; null for all.</param>
/// <param name="ConversationId">The thread that was begun; null at the beginning.</param>
/// <param name="SentAt">When its last message was sent that is filled (ms since 1970, UTC).</param>
/// <param name="Message">Orders those that were sent at the same time.</param>
public sealed record FillPlace(AccountId? AccountId, ConversationId? ConversationId, long SentAt, long Message)
{
    /// <summary>Where a fill begins.</summary>
    /// <param name="account">The account that is filled; null for all.</param>
    /// <returns>The place in front of everything.</returns>
    public static FillPlace Begin(AccountId? account) => new(account, null, 0, 0);
}
